import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BillingScene, CPA_50, multiplyPartners, runBills, SHARE_25 } from '../integration/billing/scene.js';
import { createTestApp, type TestApp, TestClock } from '../support/app.js';
import { body, type Person } from '../support/journey.js';
import { type BenchServer, median, startBenchServer } from './measure.js';

const BILLS = 20_000;
const ROUNDS = 5;
const DAY_MS = 86_400_000;
const dayBefore = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

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
  const account = await scene.account({ strategies: [CPA_50, SHARE_25], period: 'daily' });
  await multiplyPartners(scene, account, BILLS, dayBefore(ROUNDS + 3));
  for (let day = 1; day <= ROUNDS; day += 1) {
    const at = `${dayBefore(ROUNDS + 3 - day)}T10:00:00Z`;
    await app.db.query(
      `INSERT INTO player_activity (player_id, partner_id, campaign_id, promo_id, brand_id, interval_from, interval_to,
                                    currency, bets_sum)
       SELECT id, partner_id, campaign_id, promo_id, brand_id, $1, $1::timestamptz + interval '1 hour', 'EUR', 20400
         FROM players WHERE external_id LIKE 'copy-%'`,
      [at],
    );
    await app.db.query(
      `INSERT INTO fact_changes (partner_id, campaign_id, occurred_at)
       SELECT partner_id, campaign_id, $1 FROM players WHERE external_id LIKE 'copy-%'`,
      [at],
    );
  }
  clock.set(new Date());
  await runBills(app, dayBefore(1));
  await app.db.query('VACUUM ANALYZE');
  operator = await scene.operator.signInAgain();
  await operator.enableTwoFactor();
}, 600_000);
afterAll(async () => {
  await app.close();
  await server.stop();
});

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
