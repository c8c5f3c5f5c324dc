import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Rollups } from '../../src/reports/index.js';
import { BillingScene, CPA_50 } from '../integration/billing/scene.js';
import { createTestApp, type TestApp, TestClock } from '../support/app.js';
import { dayBefore } from '../support/billing-program.js';
import { body, type Person } from '../support/journey.js';
import { type BenchServer, median, startBenchServer } from './measure.js';

const BILLS = Number(process.env['BULK_BILLS'] ?? 20_000);
const ROUNDS = Number(process.env['BULK_ROUNDS'] ?? 5);
const DAY_MS = 86_400_000;

let server: BenchServer;
let app: TestApp;
let operator: Person;

/** A bill for each partner and day: one more than rounds are measured, for the first one. */
beforeAll(async () => {
  server = await startBenchServer();
  const databaseUrl = await server.makeDatabase('bulk');
  const clock = new TestClock(new Date(Date.now() - 20 * DAY_MS).toISOString());
  app = await createTestApp({ databaseUrl, clock });
  const scene = await BillingScene.open(app);
  const account = await scene.account({ strategies: [CPA_50], period: 'daily' });
  await account.qualify('first', dayBefore(ROUNDS + 5));
  clock.set(new Date());
  await account.bill(dayBefore(ROUNDS + 5));
  await copyBill(app.db);
  await sumReports();
  await app.db.query('VACUUM ANALYZE');
  operator = await scene.operator.signInAgain();
  await operator.enableTwoFactor();
}, 600_000);
afterAll(async () => {
  await app.close();
  await server.stop();
});

/** Reports sum what bills were made, and go on long after: approvals are not slower for bills that were made before. */
async function sumReports(): Promise<void> {
  const marks = async (): Promise<object[]> => {
    await app.app.get(Rollups).goOn();
    return app.db.query('SELECT FROM report_marks LIMIT 1');
  };
  while ((await marks()).length > 0);
}

/** Gives each of so many further partners a bill like the only one for each of the days, its line with it. */
async function copyBill(db: DataSource): Promise<void> {
  const copyOf = (table: string, changes: string): string =>
    `(jsonb_populate_record(NULL::${table}, to_jsonb(${table}) || jsonb_build_object(${changes}))).*`;
  await db.transaction(async (tx) => {
    await tx.query('SET LOCAL statement_timeout = 0');
    await tx.query(
      `CREATE TABLE copies AS
         SELECT partner_id, uuidv7() AS bill_id, day::date AS day
           FROM (SELECT gen_random_uuid() AS partner_id FROM generate_series(1, $1::int)) AS partner,
                generate_series($2::date, $3::date, interval '1 day') AS day ORDER BY day`,
      [BILLS, dayBefore(ROUNDS + 3), dayBefore(3)],
    );
    await tx.query(
      `INSERT INTO partners SELECT ${copyOf('partners', `'id', copies.partner_id`)}
         FROM partners, (SELECT DISTINCT partner_id FROM copies) AS copies`,
    );
    await tx.query(
      `INSERT INTO bills
       SELECT ${copyOf(
         'bills',
         `'id', copies.bill_id, 'partner_id', copies.partner_id, 'first_day', day, 'last_day', day,
          'period_start', day::timestamptz, 'period_end', day + interval '1 day'`,
       )}
         FROM bills, copies`,
    );
    await tx.query(
      `INSERT INTO bill_lines
       SELECT ${copyOf(
         'bill_lines',
         `'id', gen_random_uuid(), 'bill_id', copies.bill_id, 'partner_id', copies.partner_id, 'period_start', day::timestamptz`,
       )}
         FROM bill_lines, copies`,
    );
    await tx.query('DROP TABLE copies');
  });
}

/** Approves a day's bills over HTTP; bills per second from the request to the end of the run, events sent included. */
async function approveDay(day: string): Promise<number> {
  operator = await operator.signInAgain();
  await operator.stepUp();
  const filters = { firstDay: day, lastDay: day };
  const shown = body<{ fingerprint: string; bills: number }>(
    await operator.post('operator/bills/approve', { ...filters, dryRun: true }),
    200,
  );
  expect(shown.bills).toBe(BILLS);
  const { fingerprint } = shown;
  const { runId } = body<{ runId: string }>(
    await operator.post('operator/bills/approve', { ...filters, fingerprint }),
    200,
  );
  const work = performance.now();
  await expect
    .poll(() => finished(app.db, runId), { timeout: 300_000, interval: 20 })
    .toEqual([{ finished: true }]);
  return BILLS / ((performance.now() - work) / 1_000);
}

const finished = (db: DataSource, runId: string) =>
  db.query('SELECT finished_at IS NOT NULL AS finished FROM bill_approval_runs WHERE id = $1', [runId]);

describe('bulk approval', () => {
  it('approves bills and posts their journals', async () => {
    const figures: number[] = [];
    for (let day = 0; day <= ROUNDS; day += 1) figures.push(await approveDay(dayBefore(ROUNDS + 3 - day)));
    const perSecond = Math.round(median(figures.slice(1)));
    process.stdout.write(`bulk approval: ${perSecond.toLocaleString('en')} journals/s (goal ≥ 10,000)\n`);
    const [sums] = await app.db.query<[object]>(
      `SELECT (SELECT count(*)::int FROM ledger_journals WHERE kind = 'bill') AS journals,
              (SELECT sum(payable_minor) FROM bills WHERE state = 'paid') AS paid,
              (SELECT sum(balance_minor) FROM ledger_accounts WHERE kind = 'available') AS available,
              (SELECT -sum(balance_minor) FROM ledger_accounts WHERE kind = 'commission_expense') AS owed`,
    );
    const [{ paid }] = await app.db.query<[{ paid: string }]>(
      `SELECT sum(payable_minor) AS paid FROM bills WHERE state = 'paid'`,
    );
    expect(sums).toEqual({ journals: (ROUNDS + 1) * BILLS, paid, available: paid, owed: paid });
  });
});
