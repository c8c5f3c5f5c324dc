import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bills } from '../../../src/billing/bills.service.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { BillingScene, CPA_50, SHARE_25 } from './scene.js';

/** Amounts are worked out by hand beside each case. CPA_50 pays 50.00 per player, SHARE_25 25 % of bets − wins. */
describe('A13 bill runs, case by case', () => {
  let app: TestApp;
  let scene: BillingScene;

  beforeAll(async () => {
    app = await createTestApp();
    app.clock.set('2026-09-01T08:00:00Z');
    scene = await BillingScene.open(app);
  });
  afterAll(() => app.close());

  it('bills a hybrid plan: two players make 100.00, GGR 30.00 − 10.00 makes 5.00', async () => {
    const account = await scene.account({ strategies: [CPA_50, SHARE_25] });
    app.clock.set('2026-11-01T00:00:00Z');
    await account.qualify('a', '2026-10-02');
    await account.qualify('b', '2026-10-31');
    await account.play('a', '2026-10-31T23:00:00Z', { sums: { bets_sum: 3000, wins_sum: 1000 } });
    expect(await account.bill('2026-10-31')).toMatchObject({ state: 'finished', billsMade: 1, linesMade: 2 });
    expect(await account.bills()).toEqual([
      { period: '2026-10-01', issued: '105.00', lines: ['period cpa ×2 100.00', 'period revshare 5.00'] },
    ]);
  });

  it('never bills a period that is not over, and bills it once when it is', async () => {
    const account = await scene.account({ strategies: [SHARE_25] });
    app.clock.set('2026-10-31T23:59:59Z');
    await account.register('a', '2026-10-02T00:00:00Z');
    await account.play('a', '2026-10-02T01:00:00Z', { sums: { bets_sum: 400 } });
    expect(await account.bill('2026-12-31')).toMatchObject({ billsMade: 0 });
    app.clock.set('2026-11-01T00:00:00Z');
    expect(await account.bill('2026-10-30')).toMatchObject({ billsMade: 0 });
    expect(await account.bill('2026-10-31')).toMatchObject({ billsMade: 1 });
    expect(await account.bill('2026-10-31')).toMatchObject({ billsMade: 0 });
    expect(await account.bills()).toEqual([
      { period: '2026-10-01', issued: '1.00', lines: ['period revshare 1.00'] },
    ]);
  });

  it('bills late activity in the next run as its own line', async () => {
    const account = await scene.account({ strategies: [SHARE_25] });
    app.clock.set('2026-11-02T00:00:00Z');
    await account.register('a', '2026-10-02T00:00:00Z');
    await account.play('a', '2026-10-02T01:00:00Z', { sums: { bets_sum: 400 } });
    await account.bill('2026-10-31');
    // 10.00 more for October comes late: 2.50. November itself has 2.00 of GGR: 0.50.
    await account.play('a', '2026-10-03T01:00:00Z', { sums: { bets_sum: 1000 } });
    expect(await account.bill('2026-10-31')).toMatchObject({ billsMade: 0 });
    app.clock.set('2026-12-01T00:00:00Z');
    await account.play('a', '2026-11-03T01:00:00Z', { sums: { bets_sum: 200 } });
    expect(await account.bill('2026-11-30')).toMatchObject({ billsMade: 1 });
    expect((await account.bills())[1]).toEqual({
      period: '2026-11-01',
      issued: '3.00',
      lines: ['period revshare 0.50', 'adjustment 2026-10-01 revshare 2.50'],
    });
  });

  it('bills corrections up and down by their difference', async () => {
    const account = await scene.account({ strategies: [SHARE_25] });
    app.clock.set('2026-11-02T00:00:00Z');
    await account.register('a', '2026-10-02T00:00:00Z');
    await account.play('a', '2026-10-02T01:00:00Z', { sums: { bets_sum: 4000 } });
    await account.bill('2026-10-31');
    // Corrected from 40.00 to 44.00: 1.00 more.
    await account.play('a', '2026-10-02T01:00:00Z', { sums: { bets_sum: 4400 } });
    app.clock.set('2026-12-01T00:00:00Z');
    await account.bill('2026-11-30');
    // Corrected again to 36.00: 9.00 due, 11.00 billed, so −2.00; December's GGR of 20.00 pays 5.00.
    await account.play('a', '2026-10-02T01:00:00Z', { sums: { bets_sum: 3600 } });
    await account.play('a', '2026-12-01T00:00:00Z', { sums: { bets_sum: 2000 } });
    app.clock.set('2027-01-01T00:00:00Z');
    await account.bill('2026-12-31');
    expect(await account.bills()).toEqual([
      { period: '2026-10-01', issued: '10.00', lines: ['period revshare 10.00'] },
      { period: '2026-11-01', issued: '1.00', lines: ['adjustment 2026-10-01 revshare 1.00'] },
      {
        period: '2026-12-01',
        issued: '3.00',
        lines: ['period revshare 5.00', 'adjustment 2026-10-01 revshare -2.00'],
      },
    ]);
  });

  it('makes up missed periods, oldest first, also when an earlier date is asked for afterwards', async () => {
    const account = await scene.account({ strategies: [SHARE_25] });
    app.clock.set('2027-01-02T00:00:00Z');
    await account.register('a', '2026-10-02T00:00:00Z');
    await account.play('a', '2026-12-02T01:00:00Z', { sums: { bets_sum: 1200 } });
    await account.play('a', '2026-10-02T01:00:00Z', { sums: { bets_sum: 400 } });
    expect(await account.bill('2026-12-31')).toMatchObject({ billsMade: 2 });
    // November had nothing; what comes late for it makes its bill although December has one.
    await account.play('a', '2026-11-02T01:00:00Z', { sums: { bets_sum: 800 } });
    expect(await account.bill('2026-11-30')).toMatchObject({ billsMade: 1 });
    expect((await account.bills()).map(({ period, issued }) => [period, issued])).toEqual([
      ['2026-10-01', '1.00'],
      ['2026-11-01', '2.00'],
      ['2026-12-01', '3.00'],
    ]);
  });

  it.each([
    // −40.00 × 25 % = −10.00 in October; November pays 60.00 × 25 % = 15.00.
    { negativeCarryOver: true, october: ['period revshare -10.00', 'carry_out 10.00'], november: '5.00' },
    { negativeCarryOver: false, october: ['period revshare -10.00', 'not_carried 10.00'], november: '15.00' },
  ])(
    'a negative month with carry-over $negativeCarryOver',
    async ({ negativeCarryOver, october, november }) => {
      const account = await scene.account({ strategies: [SHARE_25], negativeCarryOver });
      app.clock.set('2026-12-01T00:00:00Z');
      await account.register('a', '2026-10-02T00:00:00Z');
      await account.play('a', '2026-10-02T01:00:00Z', { sums: { wins_sum: 4000 } });
      await account.play('a', '2026-11-02T01:00:00Z', { sums: { bets_sum: 6000 } });
      await account.bill('2026-11-30');
      const bills = await account.bills();
      expect(bills[0]).toEqual({ period: '2026-10-01', issued: '0.00', lines: october });
      expect(bills[1]).toMatchObject({ period: '2026-11-01', issued: november });
    },
  );

  it('takes back what was paid for a player who turns out to be a duplicate', async () => {
    const account = await scene.account({ strategies: [CPA_50] });
    app.clock.set('2026-11-01T00:00:00Z');
    await account.qualify('a', '2026-10-02');
    await account.bill('2026-10-31');
    await account.register('a', '2026-10-02T10:00:00Z', { duplicate: true });
    app.clock.set('2026-12-01T00:00:00Z');
    for (const name of ['b', 'c']) await account.qualify(name, '2026-11-02');
    await account.bill('2026-11-30');
    expect((await account.bills())[1]).toEqual({
      period: '2026-11-01',
      issued: '50.00',
      lines: ['period cpa ×2 100.00', 'adjustment 2026-10-01 cpa ×-1 -50.00'],
    });
  });

  it('bills the month of the plan’s zone, with its 25-hour day', async () => {
    const account = await scene.account({ strategies: [SHARE_25], timeZone: 'Europe/Berlin' });
    app.clock.set('2026-11-30T23:00:00Z');
    await account.register('a', '2026-09-30T22:00:00Z');
    // The first and the last hour of October in Berlin, and the hours on either side of them.
    await account.play('a', '2026-09-30T21:00:00Z', { sums: { bets_sum: 40 } });
    await account.play('a', '2026-09-30T22:00:00Z', { sums: { bets_sum: 400 } });
    await account.play('a', '2026-10-31T22:00:00Z', { sums: { bets_sum: 4000 } });
    await account.play('a', '2026-10-31T23:00:00Z', { sums: { bets_sum: 40000 } });
    await account.bill('2026-11-30');
    expect((await account.bills()).map(({ period, issued }) => [period, issued])).toEqual([
      ['2026-09-01', '0.10'],
      ['2026-10-01', '11.00'],
      ['2026-11-01', '100.00'],
    ]);
  });

  it('loses nothing in a zone whose months end at half past the hour', async () => {
    const account = await scene.account({ strategies: [SHARE_25], timeZone: 'Asia/Kolkata' });
    app.clock.set('2026-11-01T00:00:00Z');
    await account.register('a', '2026-10-02T00:00:00Z');
    // October ends there at 18:30 UTC: both facts fall in the hour that it cuts.
    await account.play('a', '2026-10-31T18:15:00Z', { sums: { bets_sum: 400 } });
    await account.play('a', '2026-10-31T18:45:00Z', { sums: { bets_sum: 800 } });
    await account.bill('2026-10-31');
    app.clock.set('2026-12-01T00:00:00Z');
    await account.bill('2026-11-30');
    expect((await account.bills()).map(({ period, issued }) => [period, issued])).toEqual([
      ['2026-10-01', '1.00'],
      ['2026-11-01', '2.00'],
    ]);
  });

  it('counts a cancelled bill as settled: only what changes afterwards is billed', async () => {
    const account = await scene.account({ strategies: [SHARE_25] });
    app.clock.set('2026-11-02T00:00:00Z');
    await account.register('a', '2026-10-02T00:00:00Z');
    await account.play('a', '2026-10-02T01:00:00Z', { sums: { bets_sum: 4000 } });
    await account.bill('2026-10-31');
    await app.db.query(
      `UPDATE bills SET state = 'cancelled', cancel_reason = 'test', processed_at = now() WHERE plan_id = $1`,
      [account.planId],
    );
    await account.play('a', '2026-10-02T01:00:00Z', { sums: { bets_sum: 4400 } });
    app.clock.set('2026-12-01T00:00:00Z');
    await account.bill('2026-11-30');
    expect((await account.bills())[1]).toMatchObject({
      issued: '1.00',
      lines: ['adjustment 2026-10-01 revshare 1.00'],
    });
  });

  it('keeps promos apart and each line explained', async () => {
    const account = await scene.account({ strategies: [SHARE_25] });
    app.clock.set('2026-11-02T00:00:00Z');
    await account.register('a', '2026-10-02T00:00:00Z');
    await account.play('a', '2026-10-02T01:00:00Z', { sums: { bets_sum: 4000 } });
    const second = await account.addPromo();
    await account.register('b', '2026-10-02T00:00:00Z');
    await account.play('b', '2026-10-02T01:00:00Z', { sums: { bets_sum: 400 } });
    await account.bill('2026-10-31');
    const [{ id }] = await app.db.query<[{ id: string }]>('SELECT id FROM bills WHERE plan_id = $1', [
      account.planId,
    ]);
    const { lines } = await app.app.get(Bills).get(app.db.manager, id);
    expect(lines).toHaveLength(2);
    expect(lines.find(({ promoId }) => promoId === second)).toMatchObject({
      campaignId: account.campaignId,
      base: { amount: '4.00', currency: 'EUR' },
      rate: '25%',
      amount: { amount: '1.00', currency: 'EUR' },
      explanation: {
        formula: 'revshare_flat',
        currency: 'EUR',
        base: 'ggr',
        adminFeeBps: 0,
        promoBase: '4.00',
        baseTotal: '44.00',
        tier: { number: 1, from: '0.00', rateBps: 2500 },
      },
    });
    const kept = await app.db.query(
      `SELECT explanation FROM bill_lines WHERE bill_id = $1 ORDER BY base_minor`,
      [id],
    );
    expect(kept).toEqual([{ explanation: { promoBase: '4.00' } }, { explanation: { promoBase: '40.00' } }]);
  });
});

describe('A11 qualification in the bill run', () => {
  let app: TestApp;
  let scene: BillingScene;

  beforeAll(async () => {
    app = await createTestApp();
    app.clock.set('2026-09-01T08:00:00Z');
    scene = await BillingScene.open(app);
  });
  afterAll(() => app.close());

  const qualifications = (planId: string) =>
    app.db.query(
      `SELECT q.period_start, q.qualified_at, q.revoked_at IS NOT NULL AS revoked, b.first_day::text AS bill
         FROM player_qualifications q JOIN bills b ON b.id = q.bill_id WHERE q.plan_id = $1`,
      [planId],
    );

  it('keeps the player, the instant and the bill; once per player', async () => {
    const account = await scene.account({ strategies: [CPA_50] });
    app.clock.set('2026-12-01T00:00:00Z');
    await account.qualify('a', '2026-10-02');
    await account.play('a', '2026-11-02T11:00:00Z', { deposits: [['second', 9000, '2026-11-02T11:10:00Z']] });
    await account.bill('2026-11-30');
    expect(await account.bills()).toEqual([
      { period: '2026-10-01', issued: '50.00', lines: ['period cpa ×1 50.00'] },
    ]);
    expect(await qualifications(account.planId)).toEqual([
      {
        period_start: new Date('2026-10-01T00:00:00Z'),
        qualified_at: new Date('2026-10-02T11:10:00Z'),
        revoked: false,
        bill: '2026-10-01',
      },
    ]);
  });

  it('moves with late facts: an earlier deposit moves the player to September', async () => {
    const account = await scene.account({
      strategies: [{ type: 'cpa', amount: '50.00', criteria: { depositsSumAtLeast: '30.00' } }],
    });
    app.clock.set('2026-11-01T00:00:00Z');
    await account.register('a', '2026-09-02T10:00:00Z');
    await account.play('a', '2026-10-02T11:00:00Z', { deposits: [['x', 3000, '2026-10-02T11:10:00Z']] });
    await account.bill('2026-10-31');
    await account.play('a', '2026-09-02T11:00:00Z', { deposits: [['y', 3000, '2026-09-02T11:10:00Z']] });
    await account.bill('2026-10-31');
    // September's bill pays 50.00 and takes October's 50.00 back: nothing is paid twice.
    expect(await account.bills()).toEqual([
      {
        period: '2026-09-01',
        issued: '0.00',
        lines: ['period cpa ×1 50.00', 'adjustment 2026-10-01 cpa ×-1 -50.00'],
      },
      { period: '2026-10-01', issued: '50.00', lines: ['period cpa ×1 50.00'] },
    ]);
    expect(await qualifications(account.planId)).toMatchObject([
      { period_start: new Date('2026-09-01T00:00:00Z'), revoked: false },
    ]);
  });

  it('is revoked by the duplicate flag and comes back without a second event', async () => {
    const account = await scene.account({ strategies: [CPA_50], period: 'daily' });
    app.clock.set('2026-10-05T00:00:00Z');
    await account.qualify('a', '2026-10-02');
    await account.bill('2026-10-02');
    await account.register('a', '2026-10-02T10:00:00Z', { duplicate: true });
    await account.bill('2026-10-03');
    expect(await qualifications(account.planId)).toMatchObject([{ revoked: true }]);
    await account.register('a', '2026-10-02T10:00:00Z', { duplicate: false });
    await account.bill('2026-10-04');
    expect(await qualifications(account.planId)).toMatchObject([{ revoked: false }]);
    // −50.00 is carried on the 3rd, and given back on the 4th.
    expect((await account.bills()).map(({ issued }) => issued)).toEqual(['50.00', '0.00', '0.00']);
  });
});
