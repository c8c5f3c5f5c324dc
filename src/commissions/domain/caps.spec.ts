import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../../platform/money/decimal.js';
import { calculatePeriod, type PeriodFacts } from './calculate.js';
import type { Strategy } from './strategy.js';

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const caps = {
  capAmountMinor: optional(fc.bigInt(1n, 20_000n)),
  capCount: optional(fc.integer({ min: 1, max: 6 })),
};
const amount = fc.bigInt(1n, 3_000n);
const rate = fc.integer({ min: 1, max: 10_000 });
const anyStrategy: fc.Arbitrary<Strategy> = fc.oneof(
  fc.record({
    type: fc.constant('cpl' as const),
    amountMinor: amount,
    countries: optional(fc.constant(['DE'])),
    ...caps,
  }),
  fc.record({ type: fc.constant('cpa' as const), amountMinor: amount, criteria: fc.constant({}), ...caps }),
  fc.record({ type: fc.constant('sale' as const), amountMinor: amount, ...caps }),
  fc.record({ type: fc.constant('sale' as const), rateBps: rate, ...caps }),
  fc.record({
    type: fc.constant('revshare' as const),
    base: fc.constantFrom('ggr' as const, 'net_deposits' as const),
    tierMode: fc.constantFrom('flat' as const, 'marginal' as const),
    tiers: fc.tuple(rate, rate).map(([first, second]) => [
      { fromMinor: 0n, rateBps: first },
      { fromMinor: 20_000n, rateBps: second },
    ]),
    capAmountMinor: caps.capAmountMinor,
  }),
  fc.record({
    type: fc.constant('sub_affiliate' as const),
    levels: fc.constant([
      { level: 1, rateBps: 1000 },
      { level: 2, rateBps: 333 },
    ]),
    onlyWhenInviterEarned: fc.boolean(),
    capAmountMinor: caps.capAmountMinor,
  }),
);

const place = { campaignId: fc.constantFrom('c1', 'c2'), promoId: fc.constantFrom('p1', 'p2', 'p3') };
const day = fc.integer({ min: 1, max: 5 }).map((date) => new Date(Date.UTC(2026, 9, date)));
const value = fc.bigInt(-30_000n, 90_000n);
/** Each id stands for one thing. */
const things = <T extends object>(model: { [Key in keyof T]: fc.Arbitrary<T[Key]> }) =>
  fc.array(fc.record(model), { maxLength: 12 });
const anyFacts = fc.record({
  promoActivity: things({
    ...place,
    sums: fc.record({ bets_sum: value, wins_sum: value, deposits_sum: value }),
  }),
  qualified: things({ ...place, at: day, strategyIndex: fc.nat(2) }).map(withIds('externalId')),
  registrations: things({
    ...place,
    signedUpAt: day,
    country: fc.constantFrom('DE', 'FR', null),
    duplicate: fc.boolean(),
    selfExcluded: fc.constant(false),
    disabled: fc.constant(false),
    fraudulent: fc.constant(false),
    settled: fc.constant(false),
  }).map(withIds('externalId')),
  orders: things({ ...place, orderedAt: day, amountMinor: fc.bigInt(1n, 50_000n) }).map(
    withIds('externalId'),
  ),
  subAffiliates: things({
    ...place,
    level: fc.integer({ min: 1, max: 3 }),
    baseMinor: value,
    partners: fc.nat(5),
  }),
});
type Facts = Omit<PeriodFacts, 'version'>;

function withIds<Key extends string>(key: Key) {
  return <T extends object>(all: T[]) =>
    all.map((one, index) => ({ ...one, [key]: `id-${index}` }) as T & Record<Key, string>);
}

const run = (strategies: Strategy[], facts: Facts) =>
  calculatePeriod({ version: { currency: 'EUR', adminFeeBps: 700, strategies }, ...facts });
const total = (lines: ReturnType<typeof run>): bigint =>
  lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
const minor = (text: string): bigint => BigInt(new Decimal(text).times(100).toFixed(0));
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const plans = fc.array(anyStrategy, { minLength: 1, maxLength: 3 });

describe('A03 caps, for any plan and facts', () => {
  it('pay what all lines come to, or the cap, to the unit', () => {
    fc.assert(
      fc.property(plans, anyFacts, (strategies, facts) => {
        const lines = run(strategies, facts);
        strategies.forEach(({ capAmountMinor }, index) => {
          const ofThis = ({ strategyIndex }: { strategyIndex: number }) => strategyIndex === index;
          // The other caps stay: whether an inviter earned at all depends on them.
          const unbounded = run(
            strategies.map((one, at) => (at === index ? { ...one, capAmountMinor: undefined } : one)),
            facts,
          );
          const uncapped = total(unbounded.filter(ofThis));
          const expected = capAmountMinor === undefined ? uncapped : least(uncapped, capAmountMinor);
          expect(total(lines.filter(ofThis))).toBe(expected);
        });
      }),
    );
  });

  it('pay as many players and orders as there are, or the cap', () => {
    fc.assert(
      fc.property(plans, anyFacts, (strategies, facts) => {
        const lines = run(strategies, facts);
        const unbounded = run(
          strategies.map((strategy) => ({ ...strategy, capCount: undefined }) as Strategy),
          facts,
        );
        const countOf = (all: typeof lines, index: number): number =>
          all.reduce((sum, line) => sum + (line.strategyIndex === index ? line.quantity : 0), 0);
        strategies.forEach((strategy, index) => {
          if (!('capCount' in strategy) || strategy.capCount === undefined) return;
          expect(countOf(lines, index)).toBe(Math.min(countOf(unbounded, index), strategy.capCount));
        });
      }),
    );
  });

  it('do not depend on the order of the facts, nor on repeating them', () => {
    const shuffled = <T>(all: readonly T[]): fc.Arbitrary<T[]> =>
      fc.shuffledSubarray([...all], { minLength: all.length });
    const told = anyFacts.chain((facts) =>
      fc.tuple(
        fc.constant(facts),
        fc.record({
          promoActivity: shuffled(facts.promoActivity),
          qualified: shuffled([...facts.qualified, ...facts.qualified]),
          registrations: shuffled([...facts.registrations, ...facts.registrations]),
          orders: shuffled([...facts.orders, ...facts.orders]),
          subAffiliates: shuffled(facts.subAffiliates),
        }),
      ),
    );
    fc.assert(
      fc.property(plans, told, (strategies, [straight, mixed]) => {
        expect(run(strategies, mixed)).toEqual(run(strategies, straight));
      }),
    );
  });

  it('say what they took, so that what a line would have been can be worked out', () => {
    fc.assert(
      fc.property(plans, anyFacts, (strategies, facts) => {
        for (const { amountMinor, strategyIndex, explanation } of run(strategies, facts)) {
          const { amountCap, countCap } = explanation;
          if (amountCap) {
            expect(minor(amountCap.uncapped) - minor(amountCap.took)).toBe(amountMinor);
            expect(minor(amountCap.cap)).toBe(strategies[strategyIndex]!.capAmountMinor);
            // Every line shrinks, and by less than one unit differs from its exact part.
            const exact = new Decimal(amountCap.uncapped).times(amountCap.cap).div(amountCap.uncappedTotal);
            expect(exact.times(100).minus(amountMinor.toString()).abs().lt(1)).toBe(true);
          }
          if (countCap) expect(countCap.counted).toBeGreaterThan(countCap.cap);
        }
      }),
    );
  });
});
