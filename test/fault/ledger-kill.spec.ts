import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Clock, dataSourceOptions, Ids, migrate, Money, UnitOfWork } from '../../src/platform/index.js';
import { type AccountName, Ledger, Reconciliation, Wallets } from '../../src/wallet/index.js';
import { databaseUrl, execute } from '../support/database.js';
import { type DurableServer, startDurableServer } from '../support/durable-server.js';

const OWNERS = Array.from({ length: 8 }, () => randomUUID());
const START = 1_000n;
const AT_ONCE = 8;
const PER_LANE = 60;

describe.skipIf(process.platform !== 'linux')('B01 PostgreSQL dies in the middle of postings', () => {
  let server: DurableServer;
  let db: DataSource;
  let unitOfWork: UnitOfWork;
  let ledger: Ledger;

  beforeAll(async () => {
    server = await startDurableServer();
    db = await new DataSource(dataSourceOptions(server.url, AT_ONCE)).initialize();
    unitOfWork = new UnitOfWork(db);
    ledger = new Ledger(new Ids(new Clock()));
    await unitOfWork.run((tx) =>
      ledger.creditAll(
        tx,
        OWNERS.map((ownerId) => ({
          ownerId,
          amount: Money.of(START, 'EUR'),
          kind: 'bill' as const,
          reference: ownerId,
        })),
      ),
    );
  });
  afterAll(async () => {
    await db.destroy();
    await server.stop();
  });

  const available = (ownerId: string): AccountName => ({ ownerId, kind: 'available' });

  /** From each owner to the next one, a cent; opposite ones too. */
  const transfer = (lane: number, reference: string) => {
    const [from, to] = [OWNERS[lane]!, OWNERS[(lane + (lane % 2 ? 1 : OWNERS.length - 1)) % OWNERS.length]!];
    return unitOfWork.run((tx) =>
      ledger.post(tx, {
        kind: 'balance_correction',
        reference,
        entries: [
          { account: available(from), amount: Money.of(-1n, 'EUR') },
          { account: available(to), amount: Money.of(1n, 'EUR') },
        ],
      }),
    );
  };

  const sumOf = async (source: DataSource): Promise<bigint> => {
    const balances = await Promise.all(OWNERS.map((owner) => new Wallets().balances(source, owner)));
    return balances.flat().reduce((sum, balance) => sum + balance.available.minor, 0n);
  };

  it('what was acknowledged is there, what is tried again is posted once, and it reconciles', async () => {
    const acknowledged: string[] = [];
    let failures = 0;
    const lane = async (number: number): Promise<void> => {
      for (let index = 0; index < PER_LANE; index += 1) {
        const reference = randomUUID();
        for (let posted = false; !posted;) {
          posted = await transfer(number, reference).then(
            () => true,
            () => false,
          );
          if (posted) continue;
          failures += 1;
          // As a client does that was told to come again.
          await delay(100);
        }
        acknowledged.push(reference);
        if (acknowledged.length === 100) server.signal('SIGKILL');
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, (_, number) => lane(number)));
    expect(failures).toBeGreaterThan(0);
    const [{ journals }] = await db.query<[{ journals: string[] }]>(
      `SELECT array_agg(reference) AS journals FROM ledger_journals WHERE kind = 'balance_correction'`,
    );
    expect([...journals].sort()).toEqual([...acknowledged].sort());
    expect((await new Reconciliation().run(db)).mismatches).toEqual([]);
    expect(await sumOf(db)).toBe(START * BigInt(OWNERS.length));
  });

  it('a dump that was taken meanwhile, restored elsewhere, reconciles', async () => {
    const postings = Promise.all(
      Array.from({ length: 200 }, (_, index) => transfer(index % AT_ONCE, randomUUID())),
    );
    const dump = await dumpOf(db);
    await postings;
    await execute(server.url, 'CREATE DATABASE restored');
    const restoredUrl = databaseUrl(server.url, 'restored');
    await migrate(restoredUrl);
    const restored = await new DataSource(dataSourceOptions(restoredUrl, 2)).initialize();
    try {
      await restore(restored, dump);
      const { journals, mismatches } = await new Reconciliation().run(restored);
      expect(mismatches).toEqual([]);
      expect(journals).toBe(dump.get('ledger_journals')!.length);
      expect(journals).toBeGreaterThan(AT_ONCE * PER_LANE);
      expect(await sumOf(restored)).toBe(START * BigInt(OWNERS.length));
      // And it goes on from there.
      const owner = OWNERS[0]!;
      const credit = { ownerId: owner, amount: Money.of(5n, 'EUR'), kind: 'bill' as const };
      const post = (reference: string) =>
        new UnitOfWork(restored).run((tx) => ledger.credit(tx, { ...credit, reference }));
      expect((await post(owner)).posted).toBe(false);
      expect((await post(randomUUID())).posted).toBe(true);
      expect((await new Reconciliation().run(restored)).mismatches).toEqual([]);
    } finally {
      await restored.destroy();
    }
  });
});

const TABLES = ['ledger_accounts', 'ledger_journals', 'ledger_entries', 'wallet_freezes'];

/** The ledger's rows of one moment, by table, as pg_dump reads them: in one snapshot, while others write. */
async function dumpOf(db: DataSource): Promise<Map<string, string[]>> {
  return db.transaction('REPEATABLE READ', async (tx) => {
    const dump = new Map<string, string[]>();
    for (const table of TABLES) {
      const rows = await tx.query<{ row: string }[]>(`SELECT to_jsonb(t)::text AS row FROM ${table} t`);
      dump.set(
        table,
        rows.map(({ row }) => row),
      );
    }
    return dump;
  });
}

/** Puts the rows back as pg_restore does with --disable-triggers. */
async function restore(db: DataSource, dump: Map<string, string[]>): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query('SET LOCAL session_replication_role = replica');
    for (const [table, rows] of dump) {
      await tx.query(
        `INSERT INTO ${table} SELECT r.* FROM unnest($1::jsonb[]) AS row,
           LATERAL jsonb_populate_record(NULL::${table}, row) AS r`,
        [rows],
      );
    }
  });
}
