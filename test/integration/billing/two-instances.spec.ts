import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BillRunExecutor, BillRuns } from '../../../src/billing/index.js';
import { UnitOfWork } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { type Account, BillingScene, CPA_50, runBills, SHARE_25 } from './scene.js';

const PLANS = 8;

describe('A13 two instances on one database', () => {
  let one: TestApp;
  let two: TestApp;
  let accounts: Account[];

  beforeAll(async () => {
    one = await createTestApp();
    one.clock.set('2026-09-01T08:00:00Z');
    const scene = await BillingScene.open(one);
    const [{ url }] = await one.db.query<[{ url: string }]>('SELECT current_database() AS url');
    const databaseUrl = new URL((one.db.options as { url: string }).url);
    databaseUrl.pathname = `/${url}`;
    two = await createTestApp({ databaseUrl: databaseUrl.href, clock: one.clock });
    accounts = [];
    for (let index = 0; index < PLANS; index += 1) {
      accounts.push(await scene.account({ strategies: [CPA_50, SHARE_25] }));
    }
    one.clock.set('2026-12-01T00:00:00Z');
    for (const account of accounts) {
      await account.qualify('a', '2026-10-02');
      await account.play('a', '2026-11-02T00:00:00Z', { sums: { bets_sum: 400 } });
    }
  });
  afterAll(async () => {
    await two.close();
    await one.close();
  });

  const bills = () =>
    one.db.query(
      `SELECT first_day::text AS period, issued_minor AS issued, count(*)::int AS bills FROM bills
        GROUP BY first_day, issued_minor ORDER BY first_day`,
    );
  const expected = [
    { period: '2026-10-01', issued: '5000', bills: PLANS },
    { period: '2026-11-01', issued: '100', bills: PLANS },
  ];

  it('carry the same run and runs of the same period out at once: each bill once', async () => {
    const runs = one.app.get(BillRuns);
    const id = await one.app
      .get(UnitOfWork)
      .run((tx) => runs.start(tx, { through: '2026-11-30', source: 'operator' }));
    await Promise.all([
      one.app.get(BillRunExecutor).execute(id!),
      two.app.get(BillRunExecutor).execute(id!),
      runBills(one, '2026-11-30'),
      runBills(two, '2026-11-30'),
    ]);
    await runs.waitForEnd(one.db.manager, id!, 30_000);
    expect(await bills()).toEqual(expected);
    const counted = await one.db.query(
      `SELECT sum(bills_made)::int AS bills, sum(partners_failed)::int AS failed, count(*)::int AS runs,
              bool_and(state = 'finished') AS finished FROM bill_runs`,
    );
    expect(counted).toEqual([{ bills: 2 * PLANS, failed: 0, runs: 3, finished: true }]);
  });

  it('that wake in the same hour make one scheduled run', async () => {
    const scheduledFor = new Date('2026-12-01T00:00:00Z');
    const order = { through: '2026-11-30', source: 'schedule' as const, scheduledFor };
    const made = await Promise.all(
      [one, two, one, two].map(({ app }) =>
        app.get(UnitOfWork).run((tx) => app.get(BillRuns).start(tx, order)),
      ),
    );
    expect(made.filter((id) => id !== null)).toHaveLength(1);
  });

  it('take up a run whose executor is gone, where it stopped', async () => {
    const [first] = accounts;
    one.clock.set('2027-01-01T00:00:00Z');
    for (const account of accounts)
      await account.play('a', '2026-12-02T00:00:00Z', { sums: { bets_sum: 800 } });
    const id = await one.app.get(UnitOfWork).run(async (tx) => {
      const runId = await one.app.get(BillRuns).start(tx, { through: '2026-12-31', source: 'operator' });
      // As a killed process leaves it: half-way, under a lease that runs out.
      await tx.query(
        `UPDATE bill_runs SET state = 'running', started_at = now(), lease_holder = gen_random_uuid(),
                lease_until = now() + interval '1 hour', partners_considered = 1,
                cursor_plan_id = $2, cursor_partner_id = (SELECT partner_id FROM campaigns WHERE id = $3)
          WHERE id = $1`,
        [runId, first!.planId, first!.campaignId],
      );
      return runId;
    });
    await two.app.get(BillRunExecutor).execute(id!);
    const held = await one.app.get(BillRuns).get(one.db.manager, id!);
    expect(held.run).toMatchObject({ state: 'running', billsMade: 0 });
    await one.db.query(`UPDATE bill_runs SET lease_until = now() - interval '1 second' WHERE id = $1`, [id]);
    await two.app.get(BillRunExecutor).execute(id!);
    const { run, issued } = await one.app.get(BillRuns).waitForEnd(one.db.manager, id!, 30_000);
    expect(run).toMatchObject({ state: 'finished', billsMade: PLANS - 1, partnersConsidered: PLANS });
    expect(issued.map(String)).toEqual(['14.00']);
    // The first one was behind the cursor: the next run finds it.
    expect(await first!.bill('2026-12-31')).toMatchObject({ billsMade: 1 });
  });
});
