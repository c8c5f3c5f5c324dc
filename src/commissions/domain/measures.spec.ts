import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ACTIVITY_COLUMNS,
  evaluateMeasure,
  evaluateMeasureScaled,
  FEE_COLUMNS,
  MEASURES,
  measureSql,
  measureTerms,
  type ActivitySums,
  type MeasureName,
} from './measures.js';

const names = Object.keys(MEASURES) as MeasureName[];
const anySums = fc.record(
  Object.fromEntries(ACTIVITY_COLUMNS.map((column) => [column, fc.bigInt(-(10n ** 12n), 10n ** 12n)])),
) as fc.Arbitrary<ActivitySums>;

const casino: ActivitySums = {
  bets_sum: 100_000n,
  wins_sum: 40_000n,
  bonus_issues_sum: 5_000n,
  additional_deductions_sum: 1_000n,
  taxes_sum: 2_000n,
  payment_system_fees_sum: 300n,
  game_provider_fees_sum: 200n,
  jackpot_fees_sum: 100n,
  deposits_sum: 70_000n,
  cashouts_sum: 20_000n,
  chargebacks_sum: 1_500n,
};

describe('measures', () => {
  // By hand: ggr 100000 − 40000; costs 5000 + 1000 + 2000 + 300 + 200 + 100 = 8600; fee 10 % of 60000.
  it.each<[MeasureName, number, bigint]>([
    ['ggr', 0, 60_000n],
    ['net_gaming', 1000, 51_400n],
    ['admin_fee', 1000, 6_000n],
    ['ngr', 1000, 45_400n],
    ['ngr', 0, 51_400n],
    ['net_deposits', 0, 48_500n],
    ['wager', 0, 100_000n],
    ['deposits', 0, 70_000n],
  ])('%s with an admin fee of %s bps', (name, adminFeeBps, expected) => {
    expect(evaluateMeasure(name, casino, adminFeeBps)).toBe(expected);
  });

  it('takes sportsbook and poker costs off their own bases', () => {
    const sums: ActivitySums = {
      sb_settled_bets_sum: 10_000n,
      sb_wins_sum: 6_000n,
      sb_bonuses_sum: 500n,
      sb_balance_corrections_sum: 100n,
      sb_third_party_fees_sum: 50n,
      poker_rake_sum: 2_000n,
      poker_bonuses_sum: 300n,
      poker_balance_corrections_sum: 20n,
      poker_third_party_fees_sum: 10n,
    };
    expect(evaluateMeasure('sb_ggr', sums)).toBe(4_000n);
    expect(evaluateMeasure('sb_ngr', sums, 500)).toBe(3_150n);
    expect(evaluateMeasure('poker_ngr', sums, 500)).toBe(1_570n);
  });

  it('keeps fractions of the admin fee until it is rounded', () => {
    expect(evaluateMeasureScaled('ngr', { bets_sum: 5n }, 1000)).toBe(45_000n);
    expect(evaluateMeasure('ngr', { bets_sum: 5n }, 1000)).toBe(4n);
  });

  it('takes a negative fee off a negative GGR, so that figures add up at any grouping', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), anySums, anySums, fc.nat(10_000), (name, a, b, bps) => {
        const together = Object.fromEntries(
          ACTIVITY_COLUMNS.map((column) => [column, (a[column] ?? 0n) + (b[column] ?? 0n)]),
        );
        expect(evaluateMeasureScaled(name, together, bps)).toBe(
          evaluateMeasureScaled(name, a, bps) + evaluateMeasureScaled(name, b, bps),
        );
      }),
    );
  });

  it('names its columns and writes them as SQL', () => {
    expect(measureTerms('net_deposits')).toEqual([
      { sign: 1, column: 'deposits_sum' },
      { sign: -1, column: 'cashouts_sum' },
      { sign: -1, column: 'chargebacks_sum' },
    ]);
    const sql = (name: MeasureName): string =>
      measureSql(
        name,
        (column) => `a.${column}`,
        (column) => `f.${column}`,
      );
    expect(sql('ggr')).toBe('(a.bets_sum - a.wins_sum)');
    expect(sql('admin_fee')).toBe('(0 + (f.bets_sum - f.wins_sum) * 0.0001)');
    expect(FEE_COLUMNS).toEqual([
      'bets_sum',
      'wins_sum',
      'sb_settled_bets_sum',
      'sb_wins_sum',
      'poker_rake_sum',
    ]);
  });
});
