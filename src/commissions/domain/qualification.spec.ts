import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
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

  it.each(['duplicate', 'selfExcluded', 'disabled'] as const)('never for a %s player', (flag) => {
    expect(qualifiedAt({}, { ...player, [flag]: true }, facts)).toBeNull();
  });

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
