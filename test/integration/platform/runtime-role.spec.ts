import pg from 'pg';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Clock, dataSourceOptions, Ids, migrate, Money, UnitOfWork } from '../../../src/platform/index.js';
import { POSITION } from '../../../src/platform/database/position.js';
import { grantRuntimeRole } from '../../../src/platform/database/runtime-role.js';
import { Ledger, Reconciliation } from '../../../src/wallet/index.js';
import { createTestDatabase, execute, type TestDatabase, unknownRole } from '../../support/database.js';

const DENIED = '42501';

describe('B01 the application’s role', () => {
  let owner: TestDatabase;
  let role: ReturnType<typeof unknownRole>;
  let url: string;
  let db: DataSource;

  beforeAll(async () => {
    owner = await createTestDatabase();
    role = unknownRole(owner);
    ({ url } = role);
    await Promise.all([1, 2, 3].map(() => grantRuntimeRole(owner.url, url)));
    db = await new DataSource(dataSourceOptions(url, 4)).initialize();
  });
  afterAll(async () => {
    await db.destroy();
    await owner.drop();
    await role.drop();
  });

  it('posts to the ledger and reads it', async () => {
    const ledger = new Ledger(new Ids(new Clock()));
    const credit = { amount: Money.of(100n, 'EUR'), kind: 'bill' as const };
    const ownerId = new Ids(new Clock()).next();
    await new UnitOfWork(db).run((tx) =>
      ledger.creditAll(tx, [
        { ...credit, ownerId, reference: 'one' },
        { ...credit, ownerId, reference: 'two' },
      ]),
    );
    expect(await new Reconciliation().run(db)).toMatchObject({ journals: 2, accounts: 2, mismatches: [] });
  });

  it.each([
    'UPDATE ledger_entries SET amount_minor = 1',
    'DELETE FROM ledger_entries',
    'TRUNCATE ledger_entries',
    `INSERT INTO ledger_entries VALUES (gen_random_uuid(), gen_random_uuid(), 1, 1, 1)`,
    `INSERT INTO ledger_journals (id, kind, reference, created_at) VALUES (gen_random_uuid(), 'bill', 'x', now())`,
    `UPDATE ledger_journals SET memo = 'x'`,
    'DELETE FROM ledger_journals',
    'TRUNCATE ledger_journals',
    'UPDATE ledger_accounts SET balance_minor = 1000000',
    'DELETE FROM ledger_accounts',
    'ALTER TABLE ledger_entries DISABLE TRIGGER ALL',
    'DROP TABLE ledger_entries',
    'SET session_replication_role = replica',
    'UPDATE audit_log SET action = action',
    'DELETE FROM event_log',
    'TRUNCATE bill_lines',
    `UPDATE restricted_tables SET privileges = '{SELECT,UPDATE}'`,
    'GRANT UPDATE ON ledger_entries TO CURRENT_USER',
  ])('is not allowed to %s', async (statement) => {
    const client = new pg.Client(url);
    await client.connect();
    const outcome = await client.query(statement).then(
      () => 'done',
      (error: { code: string }) => error.code,
    );
    await client.end();
    // Nothing to grant is only a warning.
    if (statement.startsWith('GRANT')) {
      const [{ may }] = await db.query<[{ may: boolean }]>(
        `SELECT has_table_privilege('ledger_entries', 'UPDATE') AS may`,
      );
      expect(may).toBe(false);
    } else expect(outcome).toBe(DENIED);
  });

  it.each([
    'UPDATE bill_payouts SET payable_minor = 1',
    `UPDATE referrals SET state = 'held'`,
    'UPDATE sub_affiliates SET visit_id = NULL',
    'DELETE FROM log_personal_data',
    'DELETE FROM partner_notes',
  ])('may %s: the table refuses other changes only', async (statement) => {
    await db.query(statement);
  });

  it('B14 may ask how far the log has come, as reports from replicas do', async () => {
    expect(await db.query(POSITION)).toMatchObject([{ lsn: expect.stringMatching(/^[\dA-F]+\/[\dA-F]+$/) }]);
  });

  it('is granted what a later version makes, and nothing twice', async () => {
    await execute(owner.url, 'CREATE TABLE made_later (id int)');
    await expect(db.query('SELECT * FROM made_later')).rejects.toMatchObject({ code: DENIED });
    await grantRuntimeRole(owner.url, url);
    await db.query('INSERT INTO made_later VALUES (1)');
    expect(await db.query('SELECT * FROM made_later')).toHaveLength(1);
  });

  it('starts alone when there is nothing to migrate', async () => {
    await migrate(url);
    await grantRuntimeRole(url, url);
  });

  it('is left alone where it owns the tables itself', async () => {
    await grantRuntimeRole(owner.url, owner.url);
    const client = new pg.Client(owner.url);
    await client.connect();
    await client.query('SELECT FROM ledger_entries');
    await client.end();
  });
});
