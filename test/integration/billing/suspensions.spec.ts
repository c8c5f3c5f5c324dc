import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlayerExplanations } from '../../../src/billing/explain/player-explanations.service.js';
import { Suspensions } from '../../../src/partner-management/suspensions.service.js';
import { UnitOfWork } from '../../../src/platform/index.js';
import { createTestApp, type TestApp, TestClock } from '../../support/app.js';
import { click } from '../../support/journey.js';
import { type Account, BillingScene, CPA_50, runBills, SHARE_25 } from './scene.js';

/** 5.00 per registration. */
const CPL_5 = { type: 'cpl' as const, amount: '5.00' };
/** 10 % of every approved order. */
const SALE_10 = { type: 'sale' as const, rateBps: 1_000 };
const ALL = { strategies: [CPA_50, SHARE_25, CPL_5, SALE_10] };

/** Suspended from noon of the 10th to noon of the 20th. */
const FROM = '2026-01-10T12:00:00Z';
const UNTIL = '2026-01-20T12:00:00Z';

describe('A13 what happens while a partner is suspended', () => {
  let app: TestApp;
  let program: BillingScene;
  let partners = 0;

  beforeAll(async () => {
    app = await createTestApp({ background: false, clock: new TestClock('2026-01-01T00:00:00Z') });
    program = await BillingScene.open(app);
  });
  afterAll(() => app.close());

  /** A partner of its own, on a plan of its own. */
  async function join(terms: Parameters<BillingScene['account']>[0] = ALL): Promise<[BillingScene, Account]> {
    app.clock.set('2026-01-01T00:00:00Z');
    partners += 1;
    const scene = await program.join(`partner-${partners}@partners.example`);
    return [scene, await scene.account(terms)];
  }

  async function suspend({ partnerId }: BillingScene, at: string): Promise<void> {
    app.clock.set(at);
    const actor = await program.operatorActor();
    await app.app
      .get(UnitOfWork)
      .run((tx) => app.app.get(Suspensions).suspend(tx, actor, partnerId, 'Asked to'));
  }

  async function reactivate({ partnerId }: BillingScene, at: string): Promise<void> {
    app.clock.set(at);
    const actor = await program.operatorActor();
    await app.app.get(UnitOfWork).run((tx) => app.app.get(Suspensions).reactivate(tx, actor, partnerId));
  }

  async function suspended(scene: BillingScene): Promise<void> {
    await suspend(scene, FROM);
    await reactivate(scene, UNTIL);
  }

  const billsOf = async (account: Account): Promise<string[][]> =>
    (await account.bills()).map(({ period, issued, lines }) => [period, issued, ...lines]);

  async function billJanuary(account: Account): Promise<string[][]> {
    app.clock.set('2026-02-02T00:00:00Z');
    const run = await account.bill('2026-01-31');
    expect(run.partnersFailed).toBe(0);
    return billsOf(account);
  }

  describe('earns nothing, fact by fact', () => {
    const deposit = (name: string, at: string) => async (account: Account) => {
      await account.register(name, '2026-01-02T00:00:00Z');
      await account.play(name, at.replace(/:\d\d:\d\dZ/, ':00:00Z'), { deposits: [['first', 2000, at]] });
    };
    const bets = (name: string, from: string) => async (account: Account) => {
      await account.register(name, '2026-01-02T00:00:00Z');
      await account.play(name, from, { sums: { bets_sum: 10_000 } });
    };

    it.each<[string, object, (account: Account) => Promise<void>, string | null]>([
      ['bets before it', SHARE_25, bets('b', '2026-01-10T11:00:00Z'), '25.00'],
      ['bets from its first moment on', SHARE_25, bets('b', '2026-01-10T12:00:00Z'), null],
      ['bets in its last hour', SHARE_25, bets('b', '2026-01-20T11:00:00Z'), null],
      ['bets from its end on', SHARE_25, bets('b', '2026-01-20T12:00:00Z'), '25.00'],
      ['a qualification just before it', CPA_50, deposit('q', '2026-01-10T11:59:59Z'), '50.00'],
      ['a qualification at its first moment', CPA_50, deposit('q', '2026-01-10T12:00:00Z'), null],
      ['a qualification in its last second', CPA_50, deposit('q', '2026-01-20T11:59:59Z'), null],
      ['a qualification at its end', CPA_50, deposit('q', '2026-01-20T12:00:00Z'), '50.00'],
      ['a registration before it', CPL_5, (a) => a.register('r', '2026-01-10T11:59:59Z'), '5.00'],
      ['a registration in it', CPL_5, (a) => a.register('r', '2026-01-10T12:00:00Z'), null],
      ['a registration at its end', CPL_5, (a) => a.register('r', '2026-01-20T12:00:00Z'), '5.00'],
      [
        'an order before it',
        SALE_10,
        (a) => a.order('o', '2026-01-10T11:59:59Z', '80.00', 'approved'),
        '8.00',
      ],
      ['an order in it', SALE_10, (a) => a.order('o', '2026-01-20T11:59:59Z', '80.00', 'approved'), null],
      [
        'an order at its end',
        SALE_10,
        (a) => a.order('o', '2026-01-20T12:00:00Z', '80.00', 'approved'),
        '8.00',
      ],
    ])('%s', async (_, strategy, happen, earned) => {
      const [scene, account] = await join({ strategies: [strategy as typeof CPL_5] });
      await suspended(scene);
      // Whatever happened is reported late: its own time counts.
      app.clock.set('2026-01-25T00:00:00Z');
      await happen(account);
      expect((await billJanuary(account)).map(([, issued]) => issued)).toEqual(
        earned === null ? [] : [earned],
      );
    });
  });

  it('is left out of the bill, what was earned before and after stays', async () => {
    const [scene, account] = await join();
    await account.qualify('before', '2026-01-05');
    await account.play('before', '2026-01-06T10:00:00Z', { sums: { bets_sum: 10_000 } });
    await suspend(scene, FROM);
    await account.qualify('inside', '2026-01-12');
    await account.play('inside', '2026-01-13T10:00:00Z', { sums: { bets_sum: 99_900 } });
    await account.play('before', '2026-01-13T10:00:00Z', { sums: { bets_sum: 99_900 } });
    await account.order('inside', '2026-01-13T10:00:00Z', '70.00', 'approved');
    await reactivate(scene, UNTIL);
    await account.play('inside', '2026-01-22T10:00:00Z', {
      sums: { bets_sum: 4_000 },
      deposits: [['second', 5000, '2026-01-22T10:10:00Z']],
    });
    await account.order('after', '2026-01-22T10:00:00Z', '30.00', 'approved');
    // 50.00; 25 % of 100.00 and of 40.00; 5.00 for the one registration before it; 10 % of 30.00. The player who
    // qualified inside is not paid for by its later deposit either.
    expect(await billJanuary(account)).toEqual([
      [
        '2026-01-01',
        '93.00',
        'period cpa ×1 50.00',
        'period revshare 35.00',
        'period cpl 5.00',
        'period sale 3.00',
      ],
    ]);
    const again = await account.bill('2026-01-31');
    expect(again).toMatchObject({ billsMade: 0, partnersFailed: 0 });
  });

  it('earns nothing for months, and what is corrected or comes late is judged by its own time', async () => {
    const [scene, account] = await join({ strategies: [CPA_50, SHARE_25] });
    await account.qualify('a', '2026-01-05');
    await account.play('a', '2026-01-06T10:00:00Z', { sums: { bets_sum: 10_000 } });
    await suspend(scene, FROM);
    await account.play('a', '2026-01-12T10:00:00Z', { sums: { bets_sum: 10_000 } });
    expect(await billJanuary(account)).toEqual([
      ['2026-01-01', '75.00', 'period cpa ×1 50.00', 'period revshare 25.00'],
    ]);

    // February: still suspended. The bets before the suspension were 200.00, those in it 300.00.
    await account.play('a', '2026-02-03T10:00:00Z', { sums: { bets_sum: 10_000 } });
    await account.play('a', '2026-01-06T10:00:00Z', { sums: { bets_sum: 20_000 } });
    await account.play('a', '2026-01-12T10:00:00Z', { sums: { bets_sum: 30_000 } });
    app.clock.set('2026-03-02T00:00:00Z');
    await account.bill('2026-02-28');
    expect((await billsOf(account)).slice(1)).toEqual([
      ['2026-02-01', '25.00', 'adjustment 2026-01-01 revshare 25.00'],
    ]);

    // March: open again. A player who was reported late had qualified before; one who did so in February had not.
    await reactivate(scene, '2026-03-10T00:00:00Z');
    await account.qualify('late', '2026-01-07');
    await account.qualify('meanwhile', '2026-02-07');
    await account.play('a', '2026-03-09T23:00:00Z', { sums: { bets_sum: 10_000 } });
    await account.play('a', '2026-03-10T00:00:00Z', { sums: { bets_sum: 8_000 } });
    app.clock.set('2026-04-02T00:00:00Z');
    await account.bill('2026-03-31');
    expect((await billsOf(account)).slice(2)).toEqual([
      ['2026-03-01', '70.00', 'period revshare 20.00', 'adjustment 2026-01-01 cpa ×1 50.00'],
    ]);
    const kept = await app.db.query<{ day: string }[]>(
      'SELECT qualified_at::date::text AS day FROM player_qualifications WHERE plan_id = $1 ORDER BY 1',
      [account.planId],
    );
    expect(kept.map(({ day }) => day)).toEqual(['2026-01-05', '2026-01-07']);
  });

  it('B03 is why a player is not paid for, and its explanation says so', async () => {
    const [scene, account] = await join({ strategies: [CPA_50, CPL_5] });
    await suspended(scene);
    await account.qualify('inside', '2026-01-15');
    app.clock.set('2026-01-25T00:00:00Z');
    const [{ id }] = await app.db.query<[{ id: string }]>('SELECT id FROM players WHERE campaign_id = $1', [
      account.campaignId,
    ]);
    expect(await app.app.get(PlayerExplanations).explain(app.db.manager, id)).toMatchObject({
      outcome: 'not_qualified',
      summary:
        'Not qualified: the criteria were met at 2026-01-15T11:10:00.000Z, while the partner was suspended.',
      now: null,
      registration: null,
    });
  });

  it('is still seen: links lead visitors on and their visits are stored', async () => {
    const [scene, account] = await join();
    await suspend(scene, FROM);
    const [promo] = await app.db.query<{ code: string }[]>('SELECT code FROM promos WHERE campaign_id = $1', [
      account.campaignId,
    ]);
    expect(await click(`${app.url}/r/${promo!.code}`, app)).toMatch(/^[\da-f-]{36}$/);
    const [{ visits }] = await app.db.query<[{ visits: number }]>(
      'SELECT count(*)::int AS visits FROM visits WHERE campaign_id = $1',
      [account.campaignId],
    );
    // One was there with the promo.
    expect(visits).toBe(2);
  });

  describe('earns inviters', () => {
    const SHARE_BELOW = { type: 'sub_affiliate' as const, levels: [{ level: 1, rateBps: 1_000 }] };

    async function pair(): Promise<{ inviter: BillingScene; above: Account; below: Account }> {
      const [inviter, above] = await join({ strategies: [CPA_50, SHARE_BELOW] });
      partners += 1;
      const invited = await program.join(`partner-${partners}@partners.example`, above);
      return { inviter, above, below: await invited.accountOn(above.planId) };
    }

    async function run(now: string, through: string, planId: string): Promise<void> {
      app.clock.set(now);
      expect((await runBills(app, through, planId)).run).toMatchObject({ partnersFailed: 0 });
    }

    it('nothing for periods that begin while they are suspended, and as always for the others', async () => {
      const { inviter, above, below } = await pair();
      await below.qualify('jan', '2026-01-15');
      await suspend(inviter, FROM);
      await run('2026-02-02T00:00:00Z', '2026-01-31', above.planId);
      await below.qualify('feb', '2026-02-15');
      await reactivate(inviter, '2026-02-20T00:00:00Z');
      await run('2026-03-02T00:00:00Z', '2026-02-28', above.planId);
      await below.qualify('mar', '2026-03-15');
      await run('2026-04-02T00:00:00Z', '2026-03-31', above.planId);
      expect(await billsOf(above)).toEqual([
        ['2026-01-01', '5.00', 'period sub_affiliate 5.00'],
        ['2026-03-01', '5.00', 'period sub_affiliate 5.00'],
      ]);
      expect((await billsOf(below)).map(([, issued]) => issued)).toEqual(['50.00', '50.00', '50.00']);
    });
  });

  it('leaves what the same facts without it would have earned', async () => {
    const time = fc.integer({ min: 2 * 24, max: 29 * 24 }).map((hour) => hour * 3_600_000);
    const fact = fc.record({
      kind: fc.constantFrom('bets', 'deposit', 'lead', 'order'),
      time,
      cents: fc.integer({ min: 2_000, max: 90_000 }),
    });
    const spans = fc
      .uniqueArray(time, { minLength: 2, maxLength: 6 })
      .map((times) => times.sort((a, b) => a - b))
      .map((times) =>
        times.map((from, index) => [from, times[index + 1] ?? Number.POSITIVE_INFINITY] as const),
      )
      .map((all) => all.filter((_, index) => index % 2 === 0));
    const start = Date.parse('2026-01-01T00:00:00Z');
    const at = (ms: number): string => new Date(start + ms).toISOString();

    await fc.assert(
      fc.asyncProperty(fc.array(fact, { minLength: 1, maxLength: 7 }), spans, async (facts, times) => {
        const [scene, account] = await join();
        const control = (await join())[1];
        for (const [from, until] of times) {
          await suspend(scene, at(from));
          if (until !== Number.POSITIVE_INFINITY) await reactivate(scene, at(until));
        }
        app.clock.set('2026-02-01T00:00:00Z');
        for (const each of [account, control]) await each.register('player', at(3_600_000));
        for (const [index, { kind, time: when, cents }] of facts.entries()) {
          const lost = times.some(([from, until]) => when >= from && when < until);
          for (const each of lost ? [account] : [account, control]) {
            const name = `${kind}-${index}`;
            if (kind === 'lead') await each.register(name, at(when));
            else if (kind === 'order') await each.order(name, at(when), (cents / 100).toFixed(2), 'approved');
            else if (kind === 'bets') await each.play('player', at(when), { sums: { bets_sum: cents } });
            else {
              await each.register(name, at(0));
              await each.play(name, at(when), { deposits: [['first', cents, at(when)]] });
            }
          }
          // Who signed up before is a registration of both, whatever it did later.
          if (kind === 'deposit' && lost) await control.register(`${kind}-${index}`, at(0));
        }
        expect(await billJanuary(account)).toEqual(await billJanuary(control));
      }),
      { numRuns: 8 },
    );
  }, 60_000);
});
