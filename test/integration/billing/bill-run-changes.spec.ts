import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlanEditor } from '../../../src/commissions/index.js';
import { UnitOfWork } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { type Account, BillingScene, CPA_50, multiplyPartners, SHARE_25 } from './scene.js';

/** 50 % instead of the 25 % of SHARE_25. */
const SHARE_50 = { ...SHARE_25, tiers: [{ from: '0', rateBps: 5000 }] };

/** What changes around a run, or goes wrong in it; amounts are worked out by hand. */
describe('A13 bill runs while things change', () => {
  let app: TestApp;
  let scene: BillingScene;

  beforeAll(async () => {
    app = await createTestApp({ background: false });
    app.clock.set('2026-09-01T08:00:00Z');
    scene = await BillingScene.open(app);
  });
  afterAll(() => app.close());

  const issued = async (account: Account): Promise<[string, string][]> =>
    (await account.bills()).map((bill) => [bill.period, bill.issued]);

  it.each([
    // October 40.00 and November 40.00 of bets: 25 % is 10.00, 50 % is 20.00.
    { effectiveFrom: 'next_period' as const, october: '10.00', november: '20.00' },
    { effectiveFrom: 'current_period' as const, october: '20.00', november: '20.00' },
  ])(
    'a plan changed in mid-October, from the $effectiveFrom on',
    async ({ effectiveFrom, october, november }) => {
      const account = await scene.account({ strategies: [SHARE_25] });
      await account.register('a', '2026-10-02T00:00:00Z');
      app.clock.set('2026-10-15T12:00:00Z');
      const actor = await scene.operatorActor();
      const change = { strategies: [SHARE_50], effectiveFrom };
      await app.app
        .get(UnitOfWork)
        .run((tx) => app.app.get(PlanEditor).change(tx, actor, account.planId, change));
      await account.play('a', '2026-10-03T01:00:00Z', { sums: { bets_sum: 2000 } });
      await account.play('a', '2026-10-30T01:00:00Z', { sums: { bets_sum: 2000 } });
      await account.play('a', '2026-11-30T01:00:00Z', { sums: { bets_sum: 4000 } });
      app.clock.set('2026-12-01T00:00:00Z');
      await account.bill('2026-11-30');
      expect(await issued(account)).toEqual([
        ['2026-10-01', october],
        ['2026-11-01', november],
      ]);
    },
  );

  it('an archived campaign and an archived plan keep earning', async () => {
    app.clock.set('2026-10-15T12:00:00Z');
    const account = await scene.account({ strategies: [SHARE_25] });
    await account.register('a', '2026-10-02T00:00:00Z');
    await app.db.query(`UPDATE campaigns SET state = 'archived' WHERE id = $1`, [account.campaignId]);
    await app.db.query(`UPDATE commission_plans SET state = 'archived' WHERE id = $1`, [account.planId]);
    await account.play('a', '2026-10-30T01:00:00Z', { sums: { bets_sum: 4000 } });
    app.clock.set('2026-11-01T00:00:00Z');
    await account.bill('2026-10-31');
    expect(await issued(account)).toEqual([['2026-10-01', '10.00']]);
  });

  it('days of 23 and of 25 hours are billed whole, each once', async () => {
    const account = await scene.account({
      strategies: [SHARE_25],
      period: 'daily',
      timeZone: 'Europe/Berlin',
    });
    app.clock.set('2026-11-01T00:00:00Z');
    await account.register('a', '2026-03-01T00:00:00Z');
    // 29 March has 23 hours there (from 23:00 to 22:00 UTC), 25 October 25 (from 22:00 to 23:00 UTC).
    for (const hour of [
      '2026-03-28T23:00:00Z',
      '2026-03-29T21:00:00Z',
      '2026-10-24T22:00:00Z',
      '2026-10-25T22:00:00Z',
    ]) {
      await account.play('a', hour, { sums: { bets_sum: 400 } });
    }
    for (const hour of [
      '2026-03-28T22:00:00Z',
      '2026-03-29T22:00:00Z',
      '2026-10-24T21:00:00Z',
      '2026-10-25T23:00:00Z',
    ]) {
      await account.play('a', hour, { sums: { bets_sum: 4000 } });
    }
    await account.bill('2026-10-31');
    expect(await issued(account)).toEqual([
      ['2026-03-28', '10.00'],
      ['2026-03-29', '2.00'],
      ['2026-03-30', '10.00'],
      ['2026-10-24', '10.00'],
      ['2026-10-25', '2.00'],
      ['2026-10-26', '10.00'],
    ]);
  });

  it('a partner who cannot be billed is left to the next run, alone', async () => {
    const account = await scene.account({ strategies: [CPA_50, SHARE_25] });
    await multiplyPartners(scene, account, 30, '2026-10-05');
    const [{ id: unlucky }] = await app.db.query<[{ id: string }]>(
      'SELECT partner_id AS id FROM campaigns WHERE commission_plan_id = $1 ORDER BY partner_id OFFSET 17 LIMIT 1',
      [account.planId],
    );
    await app.asOwner(
      `CREATE FUNCTION break_bill() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'no bill for this one'; END $$;
       CREATE TRIGGER break_bill BEFORE INSERT ON bills FOR EACH ROW WHEN (NEW.partner_id = '${unlucky}')
         EXECUTE FUNCTION break_bill();`,
    );
    app.clock.set('2026-11-01T00:00:00Z');
    expect(await account.bill('2026-10-31')).toMatchObject({
      state: 'failed',
      partnersConsidered: 30,
      partnersExpected: 30,
      partnersFailed: 1,
      billsMade: 29,
      lastError: 'no bill for this one',
    });
    await app.asOwner('DROP TRIGGER break_bill ON bills');
    expect(await account.bill('2026-10-31')).toMatchObject({
      state: 'finished',
      partnersConsidered: 1,
      billsMade: 1,
    });
    const [sums] = await app.db.query<object[]>(
      'SELECT count(*)::int AS bills, sum(issued_minor)::int AS issued FROM bills WHERE plan_id = $1',
      [account.planId],
    );
    expect(sums).toEqual({ bills: 30, issued: 30 * 5_100 });
  });
});
