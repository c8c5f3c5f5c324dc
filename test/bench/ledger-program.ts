import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The least that a transfer between two accounts can be: locks in one order, balances, a journal, its two entries. */
export const PLAIN_LEDGER = `
  CREATE TABLE plain_accounts (
    id int PRIMARY KEY, balance bigint NOT NULL, CHECK (balance >= 0)
  ) WITH (fillfactor = 80);
  CREATE TABLE plain_journals (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, made_at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE plain_entries (
    journal_id bigint NOT NULL, account_id int NOT NULL, amount bigint NOT NULL, balance_after bigint NOT NULL,
    PRIMARY KEY (journal_id, account_id)
  );
  CREATE INDEX ON plain_entries (account_id, journal_id);
  CREATE FUNCTION plain_transfer(payer int, payee int, moved bigint) RETURNS void LANGUAGE plpgsql AS $$
  DECLARE
    journal bigint;
    payer_has bigint;
    payee_has bigint;
  BEGIN
    PERFORM FROM plain_accounts WHERE id IN (payer, payee) ORDER BY id FOR UPDATE;
    UPDATE plain_accounts SET balance = balance - moved WHERE id = payer RETURNING balance INTO payer_has;
    UPDATE plain_accounts SET balance = balance + moved WHERE id = payee RETURNING balance INTO payee_has;
    INSERT INTO plain_journals DEFAULT VALUES RETURNING id INTO journal;
    INSERT INTO plain_entries VALUES (journal, payer, -moved, payer_has), (journal, payee, moved, payee_has);
  END $$;
`;

/**
 * Runs a script of pgbench, prepared, on so many connections, and gives the transactions per second. pgbench comes with
 * PostgreSQL (Debian: postgresql-contrib) and must be on the PATH.
 */
export async function pgbench(
  url: string,
  script: string,
  clients: number,
  seconds: number,
): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'tributary-pgbench-'));
  const file = join(directory, 'script.sql');
  writeFileSync(file, script);
  try {
    const { stdout } = await promisify(execFile)('pgbench', [
      ...['--no-vacuum', '--protocol=prepared', `--client=${clients}`, `--time=${seconds}`, `--file=${file}`],
      url,
    ]);
    const perSecond = /tps = ([0-9.]+) \(without/.exec(stdout)?.[1];
    if (!perSecond || !/number of failed transactions: 0 /.test(stdout)) throw new Error(stdout);
    return Number(perSecond);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
