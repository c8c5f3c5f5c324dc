import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calculatePeriod, countedThings, type PeriodFacts } from './calculate.js';
import { decimalText } from './exact.js';
import { countedParts, type RevenuePart, RevenueParts, shareAlong } from './line-parts.js';
import { lineInWords } from './line-words.js';
import type { RevshareExplanation } from './line.js';
import type { ActivitySums } from './measures.js';
import type { RevshareStrategy, Strategy } from './strategy.js';

const NOTHING = { promoActivity: [], qualified: [], registrations: [], orders: [], subAffiliates: [] };
const place = (promoId: string) => ({ campaignId: 'c', promoId });
const day = (number: number): Date => new Date(Date.UTC(2026, 9, number));

const money = fc.bigInt(-50_000n, 50_000n);
const sums = fc.record({ bets_sum: money, wins_sum: money, taxes_sum: money });
const player = fc.record({ promoId: fc.constantFrom('p', 'q'), sums });
const revshare = fc.record({
  type: fc.constant('revshare' as const),
  base: fc.constantFrom('ggr' as const, 'ngr' as const),
  tierMode: fc.constantFrom('flat' as const, 'marginal' as const),
  tiers: fc.constantFrom(
    [{ fromMinor: 0n, rateBps: 2_500 }],
    [
      { fromMinor: 0n, rateBps: 1_000 },
      { fromMinor: 10_000n, rateBps: 2_000 },
      { fromMinor: 40_000n, rateBps: 3_333 },
    ],
  ),
  capAmountMinor: fc.option(fc.bigInt(0n, 5_000n), { nil: undefined }),
});
type Played = { promoId: string; sums: ActivitySums };

function total(players: readonly Played[]): ActivitySums {
  const all: Record<string, bigint> = {};
  for (const { sums: one } of players) {
    for (const [name, value] of Object.entries(one)) all[name] = (all[name] ?? 0n) + value;
  }
  return all;
}

/** Decimal text as ten-thousandths of a cent. */
const scaled = (text: string): bigint => {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const value = BigInt(whole + fraction.padEnd(6, '0'));
  return text.startsWith('-') ? -value : value;
};

describe('B03 parts of a line', () => {
  it('of shared revenue add up to its base and its amount exactly, whatever the pages, and end in its tier', () => {
    fc.assert(
      fc.property(
        revshare,
        fc.integer({ min: 0, max: 3_000 }),
        fc.array(player, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        (strategy: RevshareStrategy, adminFeeBps, players: Played[], pageSize) => {
          const version = { currency: 'EUR', strategies: [strategy], adminFeeBps };
          const promoActivity = players.map((one) => ({ ...place(one.promoId), sums: one.sums }));
          for (const line of calculatePeriod({ ...NOTHING, version, promoActivity })) {
            const own = players.filter(({ promoId }) => promoId === line.promoId);
            const explanation = line.explanation as RevshareExplanation;
            let base = 0n;
            let amount = 0n;
            let last: RevenuePart | null = null;
            for (let start = 0; start < own.length; start += pageSize) {
              const parts = new RevenueParts({
                ...{ strategy, currency: 'EUR', adminFeeBps, amountMinor: line.amountMinor },
                promo: total(own),
                all: total(players),
                before: total(own.slice(0, start)),
              });
              for (const one of own.slice(start, start + pageSize)) {
                last = parts.take(one.sums);
                base += scaled(last.base);
                amount += last.amountMinor;
              }
            }
            expect(base).toBe(scaled(explanation.promoBase));
            expect(amount).toBe(line.amountMinor);
            expect(last?.runningBase).toBe(explanation.promoBase);
            expect(last?.runningTotal).toBe(explanation.baseTotal);
            expect(last?.runningTier).toBe(explanation.tier.number);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  const flags = {
    duplicate: false,
    selfExcluded: false,
    disabled: false,
    fraudulent: false,
    settled: false,
    country: 'DE',
  };
  const at = fc.integer({ min: 1, max: 5 }).map(day);
  const where = fc.constantFrom(place('p'), place('q'));
  const capped = fc.record({
    capCount: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
    capAmountMinor: fc.option(fc.bigInt(0n, 9_000n), { nil: undefined }),
  });
  const counting: fc.Arbitrary<Strategy> = fc
    .tuple(
      fc.constantFrom<Strategy>(
        { type: 'cpl', amountMinor: 701n },
        { type: 'cpa', amountMinor: 5_000n, criteria: {} },
        { type: 'sale', amountMinor: 333n },
        { type: 'sale', rateBps: 1_111 },
      ),
      capped,
    )
    .map(([strategy, caps]) => ({ ...strategy, ...caps }));
  const happened = fc.record({ where, at, amountMinor: fc.bigInt(1n, 99_999n) });

  it('of what is paid one by one add up to its amount exactly, under any caps', () => {
    fc.assert(
      fc.property(counting, fc.array(happened, { maxLength: 12 }), (strategy, things) => {
        const facts: PeriodFacts = {
          ...NOTHING,
          version: { currency: 'EUR', strategies: [strategy], adminFeeBps: 0 },
          qualified: things.map((one, id) => ({
            ...one.where,
            externalId: `${id}`,
            at: one.at,
            strategyIndex: 0,
          })),
          registrations: things.map((one, id) => ({
            ...one.where,
            ...flags,
            externalId: `${id}`,
            signedUpAt: one.at,
          })),
          orders: things.map((one, id) => ({ ...one, ...one.where, externalId: `${id}`, orderedAt: one.at })),
        };
        for (const line of calculatePeriod(facts)) {
          const parts = countedParts(line, strategy, countedThings(facts, 0));
          expect(parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)).toBe(line.amountMinor);
          expect(parts.filter(({ paid }) => paid)).toHaveLength(line.quantity);
          expect(parts.every(({ paid, amountMinor }) => paid || amountMinor === 0n)).toBe(true);
          if (line.baseMinor !== null) {
            const paid = parts.filter((part) => part.paid);
            expect(paid.reduce((sum, { baseMinor }) => sum + baseMinor!, 0n)).toBe(line.baseMinor);
          }
          expect(lineInWords(line.explanation)[0]).toContain('EUR');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are what their share rounds to, with the cents that rounding leaves', () => {
    // A third of 1.00 each: 33, then up to 67 and up to 100.
    expect(shareAlong(100n, [1n, 1n, 1n])).toEqual([33n, 34n, 33n]);
    expect(shareAlong(-5n, [3n, -1n, 8n])).toEqual([-2n, 1n, -4n]);
    expect(shareAlong(7n, [])).toEqual([]);
  });
});

describe('B03 a line in words', () => {
  it('tells the tiers, the slices and what a cap took', () => {
    const strategy: RevshareStrategy = {
      type: 'revshare',
      base: 'ngr',
      tierMode: 'marginal',
      tiers: [
        { fromMinor: 0n, rateBps: 1_000 },
        { fromMinor: 10_000n, rateBps: 2_000 },
      ],
      capAmountMinor: 2_000n,
    };
    const [line] = calculatePeriod({
      ...NOTHING,
      version: { currency: 'EUR', strategies: [strategy], adminFeeBps: 500 },
      promoActivity: [{ ...place('p'), sums: { bets_sum: 20_000n } }],
    });
    // 200.00 − 5 % of it = 190.00: 10 % of 100.00 and 20 % of 90.00 are 28.00, capped at 20.00.
    expect(lineInWords(line!.explanation)).toEqual([
      'NGR is GGR − bonuses − deductions − taxes − payment, provider and jackpot fees − admin fee; the admin fee is 5%.',
      'Over all promos on the plan it is 190.00 EUR, which lies in tier 2 (from 100.00 EUR, 20%).',
      'Slice by slice: 10% of 100.00 EUR is 10.00 EUR; 20% of 90.00 EUR is 18.00 EUR; together 28.00 EUR.',
      'This promo’s 190.00 EUR have the same share of that as of the total, rounded half to even.',
      'At most 20.00 EUR are paid in a period: all lines together would be 28.00 EUR, so this one, which would be 28.00 EUR, is brought down in proportion.',
    ]);
    expect(decimalText(line!.amountMinor, 2)).toBe('20');
  });

  it('tells what is paid one by one, and what the cap on their number left out', () => {
    const facts = (strategy: Strategy): PeriodFacts => ({
      ...NOTHING,
      version: { currency: 'EUR', strategies: [strategy], adminFeeBps: 0 },
      qualified: ['a', 'b'].map((externalId) => ({
        ...place('p'),
        externalId,
        at: day(1),
        strategyIndex: 0,
      })),
      orders: [{ ...place('p'), externalId: 'o', orderedAt: day(1), amountMinor: 3_331n }],
      subAffiliates: [{ ...place('p'), level: 1, partners: 3, baseMinor: 30_000n }],
    });
    const words = (strategy: Strategy): string[] =>
      calculatePeriod(facts(strategy)).flatMap(({ explanation }) => lineInWords(explanation));
    expect(words({ type: 'cpa', amountMinor: 5_000n, criteria: {}, capCount: 1 })).toEqual([
      '1 qualified player, 50.00 EUR each.',
      'At most 1 are paid in a period, the earliest first: of 2 in all, 1 of this line are left out.',
    ]);
    expect(words({ type: 'sale', rateBps: 1_000 })).toEqual([
      '10% of 33.31 EUR, the sum of 1 approved order, rounded half to even.',
    ]);
    expect(
      words({ type: 'sub_affiliate', levels: [{ level: 1, rateBps: 500 }], onlyWhenInviterEarned: false }),
    ).toEqual(['5% of the 300.00 EUR that 3 partners of level 1 earned, rounded half to even.']);
  });
});
