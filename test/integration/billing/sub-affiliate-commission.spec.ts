import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, TestClock } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { type Account, BillingScene, CPA_50, runBills } from './scene.js';

const SHARE_BY_LEVEL = {
  type: 'sub_affiliate' as const,
  levels: [
    { level: 1, rateBps: 1_000 },
    { level: 2, rateBps: 500 },
  ],
};
/** 50.00 per player, and shares of what partners below earn. */
const TERMS = { strategies: [CPA_50, SHARE_BY_LEVEL] };

describe('A08 A19 commission for sub-affiliates', () => {
  let app: TestApp;
  let ann: BillingScene;
  let families = 0;

  beforeAll(async () => {
    app = await createTestApp({ background: false, clock: new TestClock('2026-01-20T12:00:00Z') });
    ann = await BillingScene.open(app);
  });
  afterAll(() => app.close());

  interface Family {
    planId: string;
    inviter: Account;
    middle: Account;
    last: Account;
  }

  /** Three partners on one plan: the first brought the second, who brought the third. */
  async function family(terms: Parameters<BillingScene['account']>[0] = TERMS): Promise<Family> {
    families += 1;
    const top = await ann.join(`top-${families}@partners.example`);
    const inviter = await top.account(terms);
    const { planId } = inviter;
    const middle = await (await ann.join(`middle-${families}@partners.example`, inviter)).accountOn(planId);
    const last = await (await ann.join(`last-${families}@partners.example`, middle)).accountOn(planId);
    return { planId, inviter, middle, last };
  }

  const run = (through: string, planId?: string) => runBills(app, through, planId);
  const linesOf = async (account: Account): Promise<string[][]> =>
    (await account.bills()).map(({ period, issued, lines }) => [period, issued, ...lines]);

  it('pays every level its share in one run, although the inviter itself did nothing', async () => {
    const { planId, inviter, middle, last } = await family();
    await middle.qualify('m', '2026-01-05');
    await last.qualify('l1', '2026-01-06');
    await last.qualify('l2', '2026-01-07');
    app.clock.set('2026-02-02T00:00:00Z');
    await run('2026-01-31', planId);
    expect(await linesOf(last)).toEqual([['2026-01-01', '100.00', 'period cpa ×2 100.00']]);
    // 10 % of what the last one earned
    expect(await linesOf(middle)).toEqual([
      ['2026-01-01', '60.00', 'period cpa ×1 50.00', 'period sub_affiliate 10.00'],
    ]);
    // 10 % of 50.00 and 5 % of 100.00; what the middle one got for the last one earns nobody anything
    expect(await linesOf(inviter)).toEqual([
      ['2026-01-01', '10.00', 'period sub_affiliate 5.00', 'period sub_affiliate 5.00'],
    ]);
    const again = await run('2026-01-31', planId);
    expect(again.run).toMatchObject({ billsMade: 0, partnersFailed: 0 });
  });

  it('follows corrections of what was earned, by lines of the next bills', async () => {
    app.clock.set('2026-01-20T12:00:00Z');
    const { planId, inviter, last } = await family();
    await last.qualify('l1', '2026-01-06');
    app.clock.set('2026-02-02T00:00:00Z');
    await run('2026-01-31', planId);
    await last.register('l1', '2026-01-06T10:00:00Z', { duplicate: true });
    await last.qualify('l2', '2026-02-06');
    await last.qualify('l3', '2026-02-07');
    app.clock.set('2026-03-02T00:00:00Z');
    await run('2026-02-28', planId);
    expect((await linesOf(last))[1]).toEqual([
      '2026-02-01',
      '50.00',
      'period cpa ×2 100.00',
      'adjustment 2026-01-01 cpa ×-1 -50.00',
    ]);
    expect((await linesOf(inviter))[1]).toEqual([
      '2026-02-01',
      '2.50',
      'period sub_affiliate 5.00',
      'adjustment 2026-01-01 sub_affiliate -2.50',
    ]);
  });

  it('takes the share of a cancelled bill back with the next bills', async () => {
    app.clock.set('2026-01-20T12:00:00Z');
    const { planId, inviter, middle } = await family();
    await middle.qualify('c', '2026-01-06');
    app.clock.set('2026-02-02T00:00:00Z');
    await run('2026-01-31', planId);
    expect(await linesOf(inviter)).toEqual([['2026-01-01', '5.00', 'period sub_affiliate 5.00']]);
    const [bill] = await app.db.query<[{ id: string }]>(
      'SELECT bill_id AS id FROM bill_lines WHERE campaign_id = $1',
      [middle.campaignId],
    );
    const operator = await ann.operator.signInAgain();
    body(await operator.post(`operator/bills/${bill.id}/cancel`, { reason: 'Not as agreed' }), 200);
    await middle.qualify('d1', '2026-02-06');
    await middle.qualify('d2', '2026-02-07');
    app.clock.set('2026-03-02T00:00:00Z');
    await run('2026-02-28', planId);
    expect((await linesOf(inviter))[1]).toEqual([
      '2026-02-01',
      '5.00',
      'period sub_affiliate 10.00',
      'adjustment 2026-01-01 sub_affiliate -5.00',
    ]);
  });

  it('may ask that the inviter earned in the period', async () => {
    app.clock.set('2026-01-20T12:00:00Z');
    const strategies = [CPA_50, { ...SHARE_BY_LEVEL, onlyWhenInviterEarned: true }];
    const { planId, inviter, middle, last } = await family({ strategies });
    await last.qualify('l', '2026-01-06');
    await inviter.qualify('i', '2026-01-07');
    app.clock.set('2026-02-02T00:00:00Z');
    await run('2026-01-31', planId);
    expect(await linesOf(middle)).toEqual([]);
    expect(await linesOf(inviter)).toEqual([
      ['2026-01-01', '52.50', 'period cpa ×1 50.00', 'period sub_affiliate 2.50'],
    ]);
  });

  it('counts what a sub-affiliate earns on other plans of the brand, and not what is below other campaigns', async () => {
    app.clock.set('2026-01-20T12:00:00Z');
    const top = await ann.join('one@partners.example');
    const paying = await top.account({ strategies: [SHARE_BY_LEVEL] });
    const other = await top.account({ strategies: [SHARE_BY_LEVEL] });
    const sub = await ann.join('two@partners.example', paying);
    const weekly = await sub.account({ strategies: [CPA_50], period: 'weekly' });
    await weekly.qualify('w', '2026-01-06');
    app.clock.set('2026-02-02T00:00:00Z');
    await run('2026-01-31');
    expect(await linesOf(paying)).toEqual([['2026-01-01', '5.00', 'period sub_affiliate 5.00']]);
    expect(await linesOf(other)).toEqual([]);
  });

  it('is paid on two plans whose partners brought each other’s: what is seen late comes with the next bill', async () => {
    app.clock.set('2026-01-20T12:00:00Z');
    // Plans are billed one after the other, here the first one first.
    const first = await (await ann.join('first@partners.example')).account(TERMS);
    const second = await (await ann.join('second@partners.example')).account(TERMS);
    const belowFirst = await (await ann.join('below-first@partners.example', first)).accountOn(second.planId);
    const belowSecond = await (
      await ann.join('below-second@partners.example', second)
    ).accountOn(first.planId);
    const all = [first, second, belowFirst, belowSecond];
    for (const [index, account] of all.entries()) await account.qualify(`x${index}`, '2026-01-05');
    app.clock.set('2026-02-02T00:00:00Z');
    await run('2026-01-31');
    const own = 'period cpa ×1 50.00';
    expect(await linesOf(belowFirst)).toEqual([['2026-01-01', '50.00', own]]);
    expect(await linesOf(belowSecond)).toEqual([['2026-01-01', '50.00', own]]);
    expect(await linesOf(second)).toEqual([['2026-01-01', '55.00', own, 'period sub_affiliate 5.00']]);
    expect(await linesOf(first)).toEqual([['2026-01-01', '50.00', own]]);
    expect((await run('2026-01-31')).run).toMatchObject({ billsMade: 0, partnersFailed: 0 });
    for (const [index, account] of all.entries()) await account.qualify(`y${index}`, '2026-02-05');
    app.clock.set('2026-03-02T00:00:00Z');
    await run('2026-02-28');
    const late = 'adjustment 2026-01-01 sub_affiliate 5.00';
    expect((await linesOf(first))[1]).toEqual(['2026-02-01', '55.00', own, late]);
    expect((await linesOf(second))[1]).toEqual(['2026-02-01', '55.00', own, 'period sub_affiliate 5.00']);
  });

  it('comes to the same whatever the order of reports and runs', async () => {
    const step = fc.constantFrom('middle', 'last', 'both', 'run');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
        app.clock.set('2026-01-20T12:00:00Z');
        const { planId, inviter, middle, last } = await family();
        app.clock.set('2026-02-02T00:00:00Z');
        let players = 0;
        const earned = { middle: 0, last: 0 };
        for (const next of steps) {
          if (next === 'run') await run('2026-01-31', planId);
          for (const [name, account] of Object.entries({ middle, last }) as ['middle' | 'last', Account][]) {
            if (next !== name && next !== 'both') continue;
            players += 1;
            earned[name] += 50;
            await account.qualify(`p${players}`, `2026-01-${String(players).padStart(2, '0')}`);
          }
        }
        // The next month brings every difference.
        await middle.qualify('end-m', '2026-02-03');
        await last.qualify('end-l', '2026-02-03');
        app.clock.set('2026-03-02T00:00:00Z');
        await run('2026-02-28', planId);
        const total = async (account: Account): Promise<number> =>
          (await account.bills()).reduce((sum, { issued }) => sum + Number(issued), 0);
        earned.middle += 50;
        earned.last += 50;
        expect(await total(last)).toBe(earned.last);
        expect(await total(middle)).toBe(earned.middle + earned.last * 0.1);
        expect(await total(inviter)).toBe(earned.middle * 0.1 + earned.last * 0.05);
      }),
      { numRuns: 15 },
    );
  });
});

describe('A08 A13 a plan that pays for others is opened when the plan before it, on which they earn, is billed', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await createTestApp({ background: false, clock: new TestClock('2026-01-20T12:00:00Z') });
  });
  afterAll(() => app.close());

  it('so that one run pays both', async () => {
    const ann = await BillingScene.open(app);
    const paying = await (await ann.join('above@partners.example')).account({ strategies: [SHARE_BY_LEVEL] });
    const below = await ann.join('below@partners.example', paying);
    const earning = await below.account({ strategies: [CPA_50] });
    await earning.qualify('e', '2026-01-06');
    app.clock.set('2026-02-02T00:00:00Z');
    const { run } = await runBills(app, '2026-01-31');
    expect(run).toMatchObject({ state: 'finished', billsMade: 2 });
    expect(await paying.bills()).toMatchObject([{ issued: '5.00', lines: ['period sub_affiliate 5.00'] }]);
  });
});
