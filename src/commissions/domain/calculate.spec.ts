import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal, roundHalfEven } from '../../platform/money/decimal.js';
import { calculatePeriod, type PeriodFacts, type QualifiedPlayer } from './calculate.js';
import type { RevshareExplanation } from './line.js';
import type { RevshareStrategy, Strategy } from './strategy.js';

const TIERS = [
  { fromMinor: 0n, rateBps: 2000 },
  { fromMinor: 100_000n, rateBps: 2500 },
  { fromMinor: 500_000n, rateBps: 3000 },
];
const share = (part: Partial<RevshareStrategy> = {}): RevshareStrategy => ({
  type: 'revshare',
  base: 'ggr',
  tiers: TIERS,
  tierMode: 'flat',
  ...part,
});
const cpa: Strategy = { type: 'cpa', amountMinor: 5_000n, criteria: { depositsCountAtLeast: 1 } };

type Plan = Partial<PeriodFacts['version']>;
const bets = (promoId: string, amount: bigint) => ({ campaignId: 'c1', promoId, sums: { bets_sum: amount } });
const qualified = (externalId: string, promoId: string, strategyIndex = 0): QualifiedPlayer => ({
  ...{ campaignId: 'c1', promoId, externalId, strategyIndex },
  at: new Date('2026-10-01'),
});
const run = (strategies: Strategy[], facts: Partial<PeriodFacts>, plan: Plan = {}) =>
  calculatePeriod({
    version: { currency: 'EUR', adminFeeBps: 0, ...plan, strategies },
    promoActivity: [],
    qualified: [],
    registrations: [],
    orders: [],
    subAffiliates: [],
    ...facts,
  });
const amounts = (lines: ReturnType<typeof run>) =>
  lines.map(({ promoId, amountMinor }) => [promoId, amountMinor]);

describe('commission of a period (A13)', () => {
  it.each<[string, RevshareStrategy, Record<string, bigint>, Record<string, bigint>]>([
    // 900.00 + 300.00 = 1200.00 reaches 25 %: 225.00 and 75.00
    ['flat tiers', share(), { p1: 90_000n, p2: 30_000n }, { p1: 22_500n, p2: 7_500n }],
    ['exactly at a bound', share(), { p1: 100_000n }, { p1: 25_000n }],
    // 999.99 × 20 % = 199.998
    ['one cent below a bound', share(), { p1: 99_999n }, { p1: 20_000n }],
    ['highest tier', share(), { p1: 600_000n }, { p1: 180_000n }],
    // 1000 × 20 % + 200 × 25 % = 250.00, shared 3 : 1
    [
      'marginal tiers',
      share({ tierMode: 'marginal' }),
      { p1: 90_000n, p2: 30_000n },
      { p1: 18_750n, p2: 6_250n },
    ],
    // 1000 × 20 % + 4000 × 25 % + 1000 × 30 % = 200 + 1000 + 300
    ['marginal over three tiers', share({ tierMode: 'marginal' }), { p1: 600_000n }, { p1: 150_000n }],
    // Total 1200 pays 250; p1 has 1500/1200 of it = 312.50, p2 has −300/1200 = −62.50
    [
      'marginal with a losing promo',
      share({ tierMode: 'marginal' }),
      { p1: 150_000n, p2: -30_000n },
      { p1: 31_250n, p2: -6_250n },
    ],
    // Total −60: first tier. −100 × 20 % and 40 × 20 %
    ['negative total', share(), { p1: -10_000n, p2: 4_000n }, { p1: -2_000n, p2: 800n }],
    ['negative total, marginal', share({ tierMode: 'marginal' }), { p1: -10_000n }, { p1: -2_000n }],
    ['total of zero', share({ tierMode: 'marginal' }), { p1: -500n, p2: 500n }, { p1: -100n, p2: 100n }],
    // 0.25 × 10 % = 0.025 → 0.02; 0.35 × 10 % = 0.035 → 0.04; −0.25 × 10 % → −0.02
    [
      'half to even',
      share({ tiers: [{ fromMinor: 0n, rateBps: 1000 }] }),
      { p1: 25n, p2: 35n, p3: -25n },
      { p1: 2n, p2: 4n, p3: -2n },
    ],
  ])('%s', (_name, strategy, bases, expected) => {
    const promoActivity = Object.entries(bases).map(([promoId, base]) => bets(promoId, base));
    expect(Object.fromEntries(amounts(run([strategy], { promoActivity })))).toEqual(expected);
  });

  it('takes the admin fee off NGR', () => {
    // GGR 600.00 − bonuses 50.00 − fee 60.00 = 490.00; 20 % = 98.00
    const sums = { bets_sum: 100_000n, wins_sum: 40_000n, bonus_issues_sum: 5_000n };
    const [line] = run(
      [share({ base: 'ngr' })],
      { promoActivity: [{ campaignId: 'c1', promoId: 'p1', sums }] },
      { adminFeeBps: 1000 },
    );
    expect(line).toMatchObject({ baseMinor: 49_000n, amountMinor: 9_800n, rate: '20%' });
  });

  it('rounds once: 0.05 − 10 % fee is 0.045, of which 34 % is 0.0153', () => {
    const strategy = share({ base: 'ngr', tiers: [{ fromMinor: 0n, rateBps: 3400 }] });
    const [line] = run([strategy], { promoActivity: [bets('p1', 5n)] }, { adminFeeBps: 1000 });
    expect(line?.amountMinor).toBe(2n);
  });

  it('counts in the currency’s own minor units', () => {
    // 1005 JPY × 10 % = 100.5 → 100
    const strategy = share({ tiers: [{ fromMinor: 0n, rateBps: 1000 }] });
    const [line] = run([strategy], { promoActivity: [bets('p1', 1_005n)] }, { currency: 'JPY' });
    expect(line?.amountMinor).toBe(100n);
    expect(line?.explanation).toMatchObject({ promoBase: '1005', baseTotal: '1005' });
  });

  it('pays a fixed amount per qualified player, each once', () => {
    const lines = run([cpa], {
      qualified: [
        qualified('d', 'p2'),
        qualified('a', 'p1'),
        qualified('b', 'p1'),
        qualified('c', 'p1'),
        qualified('a', 'p1'),
      ],
    });
    expect(lines).toEqual([
      {
        lineKey: '0:c1:p1',
        strategyIndex: 0,
        strategy: 'cpa',
        campaignId: 'c1',
        promoId: 'p1',
        quantity: 3,
        baseMinor: null,
        rate: '50.00 EUR per player',
        amountMinor: 15_000n,
        explanation: { formula: 'cpa', currency: 'EUR', qualifiedPlayers: 3, perPlayer: '50.00' },
      },
      expect.objectContaining({ lineKey: '0:c1:p2', quantity: 1, amountMinor: 5_000n }),
    ]);
  });

  it('adds the strategies of a hybrid plan, each with its own lines', () => {
    const lines = run([share(), cpa], {
      promoActivity: [bets('p1', 90_000n)],
      qualified: [qualified('a', 'p1', 1)],
    });
    expect(lines.map((line) => [line.lineKey, line.amountMinor])).toEqual([
      ['0:c1:p1', 18_000n],
      ['1:c1:p1', 5_000n],
    ]);
  });

  it('pays players under the strategy they qualified for', () => {
    const generous: Strategy = { type: 'cpa', amountMinor: 9_000n, criteria: { countries: ['CH'] } };
    const lines = run([cpa, generous], {
      qualified: [qualified('a', 'p1'), qualified('b', 'p1', 1)],
    });
    expect(lines.map((line) => [line.lineKey, line.quantity, line.amountMinor])).toEqual([
      ['0:c1:p1', 1, 5_000n],
      ['1:c1:p1', 1, 9_000n],
    ]);
  });

  it('explains the slices of marginal tiers', () => {
    const [line] = run([share({ tierMode: 'marginal' })], {
      promoActivity: [bets('p1', 90_000n), bets('p2', 30_000n)],
    });
    expect(line?.rate).toBe('20.833333%');
    expect(line?.explanation).toEqual({
      formula: 'revshare_marginal',
      currency: 'EUR',
      base: 'ggr',
      adminFeeBps: 0,
      promoBase: '900.00',
      baseTotal: '1200.00',
      tier: { number: 2, from: '1000.00', rateBps: 2500 },
      slices: [
        { from: '0.00', to: '1000.00', rateBps: 2000, base: '1000.00', amount: '200.00' },
        { from: '1000.00', to: '5000.00', rateBps: 2500, base: '200.00', amount: '50.00' },
      ],
      slicesTotal: '250.00',
    });
  });

  it('names the last tier that pays something: exactly at its bound a marginal one pays nothing yet', () => {
    const at = (tierMode: 'flat' | 'marginal', base: bigint) =>
      run([share({ tierMode })], { promoActivity: [bets('p1', base)] })[0];
    expect(at('marginal', 100_000n)).toMatchObject({
      amountMinor: 20_000n,
      rate: '20%',
      explanation: { tier: { number: 1, from: '0.00', rateBps: 2000 }, slices: [{ amount: '200.00' }] },
    });
    expect(at('marginal', 100_001n)?.explanation).toMatchObject({ tier: { number: 2 } });
    expect(at('marginal', 500_000n)).toMatchObject({ rate: '24%', explanation: { tier: { number: 2 } } });
    expect(at('flat', 100_000n)).toMatchObject({ rate: '25%', explanation: { tier: { number: 2 } } });
  });
});

const anyShare = fc
  .record({
    base: fc.constantFrom('ggr' as const, 'ngr' as const, 'net_deposits' as const),
    steps: fc.array(fc.tuple(fc.bigInt(1n, 100_000n), fc.nat(6000)), { maxLength: 4 }),
    firstRate: fc.nat(6000),
    tierMode: fc.constantFrom('flat' as const, 'marginal' as const),
  })
  .map(({ base, steps, firstRate, tierMode }): RevshareStrategy => {
    let from = 0n;
    const rest = steps.map(([step, rateBps]) => ({ fromMinor: (from += step), rateBps }));
    return { type: 'revshare', base, tierMode, tiers: [{ fromMinor: 0n, rateBps: firstRate }, ...rest] };
  });
const anyAmount = fc.bigInt(-50_000n, 200_000n);
const anyActivity = fc.array(
  fc.record({
    campaignId: fc.constantFrom('c1', 'c2'),
    promoId: fc.constantFrom('p1', 'p2', 'p3'),
    sums: fc.record({
      bets_sum: anyAmount,
      wins_sum: anyAmount,
      bonus_issues_sum: anyAmount,
      deposits_sum: anyAmount,
    }),
  }),
  { maxLength: 8 },
);
const anyFee = fc.nat(3000);

describe('commission of a period, for any plan and facts', () => {
  it('does not depend on the order of the facts', () => {
    const shuffledPair = anyActivity.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(anyShare, anyFee, shuffledPair, (strategy, adminFeeBps, [one, other]) => {
        const left = run([strategy], { promoActivity: one }, { adminFeeBps });
        expect(left).toEqual(run([strategy], { promoActivity: other }, { adminFeeBps }));
      }),
    );
  });

  it('can be worked out again from the explanation', () => {
    fc.assert(
      fc.property(anyShare, anyFee, anyActivity, (strategy, adminFeeBps, promoActivity) => {
        for (const line of run([strategy], { promoActivity }, { adminFeeBps })) {
          const { slices, slicesTotal, promoBase, baseTotal, tier } = line.explanation as RevshareExplanation;
          const base = new Decimal(promoBase).times(100);
          let exact = base.times(tier.rateBps).div(10_000);
          if (slices && slicesTotal) {
            const sum = (key: 'base' | 'amount') =>
              slices.reduce((all, slice) => all.plus(slice[key]), new Decimal(0));
            expect(sum('base').equals(baseTotal)).toBe(true);
            expect(sum('amount').equals(slicesTotal)).toBe(true);
            if (new Decimal(baseTotal).gt(0)) exact = base.times(slicesTotal).div(baseTotal);
          }
          expect(line.amountMinor).toBe(roundHalfEven(exact));
        }
      }),
    );
  });

  it('pays with marginal tiers no step at a bound, and a promo alone the sum of its slices', () => {
    fc.assert(
      fc.property(anyShare, fc.nat(4), (strategy, index) => {
        const marginal = { ...strategy, base: 'ggr' as const, tierMode: 'marginal' as const };
        const bound = marginal.tiers[index]?.fromMinor ?? 0n;
        const [below, at, above] = [bound - 1n, bound, bound + 1n].map(
          (base) => run([marginal], { promoActivity: [bets('p1', base)] })[0]?.amountMinor ?? 0n,
        );
        expect(at! - below!).toBeGreaterThanOrEqual(0n);
        expect(at! - below!).toBeLessThanOrEqual(1n);
        expect(above! - at!).toBeGreaterThanOrEqual(0n);
        expect(above! - at!).toBeLessThanOrEqual(1n);
      }),
    );
  });

  it('splits over promos without losing more than half a minor unit per line', () => {
    fc.assert(
      fc.property(anyShare, anyActivity, (strategy, promoActivity) => {
        const lines = run([strategy], { promoActivity });
        const [whole] = run([strategy], {
          promoActivity: promoActivity.map((entry) => ({ ...entry, campaignId: 'c1', promoId: 'p1' })),
        });
        const difference =
          lines.reduce((sum, line) => sum + line.amountMinor, 0n) - (whole?.amountMinor ?? 0n);
        const magnitude = difference < 0n ? -difference : difference;
        expect(magnitude * 2n).toBeLessThanOrEqual(BigInt(lines.length + 1));
      }),
    );
  });
});
