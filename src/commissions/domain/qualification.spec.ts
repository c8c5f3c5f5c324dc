import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  assessCriteria,
  assessQualification,
  firstQualification,
  qualifiedAt,
  type QualifyingFacts,
  type QualifyingPlayer,
} from './qualification.js';
import type { CpaCriteria } from './strategy.js';

const day = (number: number, hour = 0): Date => new Date(Date.UTC(2026, 9, number, hour));
const player: QualifyingPlayer = {
  signedUpAt: day(1),
  country: 'DE',
  duplicate: false,
  selfExcluded: false,
  disabled: false,
  fraudulent: false,
  settled: false,
};
const facts: QualifyingFacts = {
  deposits: [
    { at: day(5), amountMinor: 3_000n },
    { at: day(2), amountMinor: 2_000n },
    { at: day(8), amountMinor: 5_000n },
  ],
  activity: [
    { at: day(6), betsMinor: 8_000n },
    { at: day(3), betsMinor: 4_000n },
  ],
};

describe('qualification (A11)', () => {
  it.each<[string, CpaCriteria, Date | null]>([
    ['no criteria: at sign-up', {}, day(1)],
    ['first deposit large enough', { firstDepositAtLeastMinor: 2_000n }, day(2)],
    ['first deposit too small: never', { firstDepositAtLeastMinor: 2_001n }, null],
    ['deposits in total', { depositsSumAtLeastMinor: 5_000n }, day(5)],
    ['deposits in total, not reached', { depositsSumAtLeastMinor: 10_001n }, null],
    ['number of deposits', { depositsCountAtLeast: 3 }, day(8)],
    ['wager', { wagerAtLeastMinor: 12_000n }, day(6)],
    ['all at once: the last one decides', { depositsCountAtLeast: 2, wagerAtLeastMinor: 4_000n }, day(5)],
    ['within seven days: day 8 is one too late', { depositsCountAtLeast: 3, withinDays: 7 }, null],
    ['within eight days', { depositsCountAtLeast: 3, withinDays: 8 }, day(8)],
    ['country', { depositsCountAtLeast: 1, countries: ['AT', 'DE'] }, day(2)],
    ['another country', { depositsCountAtLeast: 1, countries: ['AT'] }, null],
  ])('%s', (_name, criteria, expected) => {
    expect(qualifiedAt(criteria, player, facts)).toEqual(expected);
  });

  it('takes a deposit of nothing for none', () => {
    const deposits = [{ at: day(1), amountMinor: 0n }, ...facts.deposits];
    const criteria = { firstDepositAtLeastMinor: 2_000n, depositsCountAtLeast: 3 };
    expect(qualifiedAt(criteria, player, { ...facts, deposits })).toEqual(day(8));
  });

  it.each(['duplicate', 'selfExcluded', 'disabled', 'fraudulent', 'settled'] as const)(
    'never for a %s player',
    (flag) => {
      expect(qualifiedAt({}, { ...player, [flag]: true }, facts)).toBeNull();
    },
  );

  it('never for a player of unknown country when countries are asked for', () => {
    expect(qualifiedAt({ countries: ['DE'] }, { ...player, country: null }, facts)).toBeNull();
  });

  it('not before the sign-up, even when a deposit is dated before it', () => {
    const early = {
      deposits: [{ at: new Date(day(1).getTime() - 60_000), amountMinor: 100n }],
      activity: [],
    };
    expect(qualifiedAt({ depositsCountAtLeast: 1 }, player, early)).toEqual(day(1));
  });

  it('does not depend on the order of the facts', () => {
    const fact = fc.record({
      at: fc.integer({ min: 0, max: 20 }).map((n) => day(1 + n)),
      amountMinor: fc.bigInt(0n, 50n),
    });
    const shuffled = fc
      .array(fact, { maxLength: 8 })
      .chain((deposits) =>
        fc.tuple(fc.constant(deposits), fc.shuffledSubarray(deposits, { minLength: deposits.length })),
      );
    const criteria = { firstDepositAtLeastMinor: 10n, depositsSumAtLeastMinor: 60n, withinDays: 10 };
    fc.assert(
      fc.property(shuffled, ([one, other]) => {
        expect(qualifiedAt(criteria, player, { deposits: one, activity: [] })).toEqual(
          qualifiedAt(criteria, player, { deposits: other, activity: [] }),
        );
      }),
    );
  });

  it('takes the strategy reached first, and of equal ones the first listed', () => {
    const cpa = (criteria: CpaCriteria) => ({ type: 'cpa' as const, amountMinor: 1n, criteria });
    const strategies = [
      cpa({ depositsCountAtLeast: 2 }),
      cpa({ depositsCountAtLeast: 1 }),
      cpa({ countries: ['AT'] }),
    ];
    expect(firstQualification({ strategies }, player, facts)).toEqual({ strategyIndex: 1, at: day(2) });
    const same = [cpa({ countries: ['AT'] }), cpa({}), cpa({ countries: ['DE'] })];
    expect(firstQualification({ strategies: same }, player, facts)).toEqual({ strategyIndex: 1, at: day(1) });
    expect(firstQualification({ strategies: [] }, player, facts)).toBeNull();
  });
});

describe('B03 qualification, criterion by criterion', () => {
  it('tells what was asked for, what was reached and when', () => {
    const criteria = {
      depositsCountAtLeast: 2,
      wagerAtLeastMinor: 12_001n,
      countries: ['AT'],
      withinDays: 6,
    };
    expect(assessCriteria(criteria, { ...player, disabled: true }, facts)).toEqual({
      at: null,
      countsUntil: day(7),
      criteria: [
        { criterion: 'good_standing', required: null, reached: ['disabled'], met: false, metAt: null },
        { criterion: 'country', required: ['AT'], reached: ['DE'], met: false, metAt: null },
        { criterion: 'deposits_count', required: 2, reached: 2, met: true, metAt: day(5) },
        { criterion: 'wager', required: 12_001n, reached: 12_000n, met: false, metAt: null },
      ],
    });
    expect(
      assessCriteria({ firstDepositAtLeastMinor: 1n, depositsSumAtLeastMinor: 5_000n }, player, facts),
    ).toEqual({
      at: day(5),
      countsUntil: null,
      criteria: [
        { criterion: 'good_standing', required: null, reached: [], met: true, metAt: day(1) },
        { criterion: 'first_deposit', required: 1n, reached: 2_000n, met: true, metAt: day(2) },
        { criterion: 'deposits_sum', required: 5_000n, reached: 10_000n, met: true, metAt: day(5) },
      ],
    });
  });

  const time = fc.integer({ min: -2, max: 20 }).map((number) => day(1 + number));
  const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
  const rarely = fc.integer({ min: 0, max: 9 }).map((number) => number === 0);
  const anyCase = fc.record({
    criteria: fc.record({
      firstDepositAtLeastMinor: optional(fc.bigInt(0n, 25n)),
      depositsSumAtLeastMinor: optional(fc.bigInt(0n, 40n)),
      depositsCountAtLeast: optional(fc.integer({ min: 1, max: 2 })),
      wagerAtLeastMinor: optional(fc.bigInt(0n, 40n)),
      withinDays: optional(fc.integer({ min: 1, max: 15 })),
      countries: optional(fc.constantFrom(['DE'], ['AT', 'DE'], ['AT'])),
    }),
    player: fc.record({
      signedUpAt: time,
      country: fc.constantFrom('DE', 'AT', null),
      duplicate: rarely,
      selfExcluded: rarely,
      fraudulent: rarely,
      settled: rarely,
      disabled: rarely,
    }),
    facts: fc.record({
      deposits: fc.array(fc.record({ at: time, amountMinor: fc.bigInt(0n, 50n) }), { maxLength: 8 }),
      // Corrections may take bets back.
      activity: fc.array(fc.record({ at: time, betsMinor: fc.bigInt(-30n, 50n) }), { maxLength: 8 }),
    }),
  });

  it('is explained as qualified exactly when it is: all criteria met, and the last one at that instant', () => {
    const seen = { qualified: 0, not: 0 };
    fc.assert(
      fc.property(anyCase, ({ criteria, player: who, facts: done }) => {
        const explained = assessCriteria(criteria, who, done);
        const at = qualifiedAt(criteria, who, done);
        expect(explained.criteria.every(({ met }) => met)).toBe(at !== null);
        seen[at ? 'qualified' : 'not'] += 1;
        if (!at) return;
        const instants = explained.criteria.map(({ metAt }) => metAt!.getTime());
        expect(Math.max(...instants)).toBeLessThanOrEqual(at.getTime());
        if (done.activity.every(({ betsMinor }) => betsMinor >= 0n)) {
          expect(Math.max(...instants)).toBe(at.getTime());
        }
      }),
      { numRuns: 1_000 },
    );
    expect(seen.qualified).toBeGreaterThan(20);
    expect(seen.not).toBeGreaterThan(20);
  });

  it('judges every strategy, and names the one that pays', () => {
    const cpa = (criteria: CpaCriteria) => ({ type: 'cpa' as const, amountMinor: 1n, criteria });
    const strategies = [cpa({ depositsCountAtLeast: 9 }), { type: 'cpl' as const, amountMinor: 1n }, cpa({})];
    const explained = assessQualification({ strategies }, player, facts);
    expect(explained.first).toEqual({ strategyIndex: 2, at: day(1) });
    expect(explained.strategies.map(({ strategyIndex, at }) => [strategyIndex, at])).toEqual([
      [0, null],
      [2, day(1)],
    ]);
  });
});
