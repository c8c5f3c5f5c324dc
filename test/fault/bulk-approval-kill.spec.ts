import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runBills } from '../integration/billing/scene.js';
import { TestClock } from '../support/app.js';
import { BillingProgram, dayBefore, operatorAt } from '../support/billing-program.js';
import { body } from '../support/journey.js';
import { missWorkerOf } from '../support/missed-worker.js';

const BILLS = 3_000;

describe('B02 A13 the process is killed during a bulk approval', () => {
  let program: BillingProgram;

  beforeAll(async () => {
    program = await BillingProgram.open(BILLS, {
      prepare: async (app) => {
        app.clock.set(new Date());
        await runBills(app, dayBefore(1));
      },
    });
  });
  afterAll(() => program.close());

  const paidSoFar = async (): Promise<number> => {
    const [row] = await program.db.query<[{ paid: number }]>(
      `SELECT count(*)::int AS paid FROM bills WHERE state = 'paid'`,
    );
    return row.paid;
  };

  it('another process goes on with the bills that are left; each is paid once', async () => {
    const first = await program.start();
    const clock = new TestClock(new Date(Date.now() - 30_000).toISOString());
    const operator = await operatorAt(first, clock);
    await operator.enableTwoFactor();
    const shown = body<{ fingerprint: string; bills: number }>(
      await operator.post('operator/bills/approve', { dryRun: true }),
      200,
    );
    expect(shown.bills).toBe(BILLS);
    const { runId } = body<{ runId: string }>(
      await operator.post('operator/bills/approve', { fingerprint: shown.fingerprint }),
      200,
    );
    await expect.poll(paidSoFar, { timeout: 60_000, interval: 5 }).toBeGreaterThan(0);
    await first.kill('SIGKILL');
    const half = await paidSoFar();
    expect(half).toBeLessThan(BILLS);

    await missWorkerOf(program.db, 'billing.approve');
    await program.start();
    await expect.poll(paidSoFar, { timeout: 120_000, interval: 200 }).toBe(BILLS);
    await expect
      .poll(async () =>
        program.db.query('SELECT finished_at IS NULL AS open FROM bill_approval_runs WHERE id = $1', [runId]),
      )
      .toEqual([{ open: false }]);
    const sums = await program.db.query(
      `SELECT (SELECT count(*)::int FROM bill_approval_items WHERE outcome = 'paid') AS approved,
              (SELECT count(*)::int FROM audit_log WHERE action = 'bill.approve') AS logged,
              (SELECT count(*)::int FROM ledger_journals WHERE kind = 'bill') AS journals,
              (SELECT count(DISTINCT reference)::int FROM ledger_journals WHERE kind = 'bill') AS bills,
              (SELECT sum(balance_minor)::int FROM ledger_accounts WHERE kind = 'available') AS available`,
    );
    expect(sums).toEqual([
      { approved: BILLS, logged: BILLS, journals: BILLS, bills: BILLS, available: BILLS * 5_100 },
    ]);
  }, 240_000);
});
