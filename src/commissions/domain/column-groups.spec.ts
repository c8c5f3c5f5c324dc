import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnGroups } from './column-groups.js';
import {
  ACTIVITY_COLUMNS,
  type ActivitySums,
  evaluateMeasureScaled,
  type MeasureName,
  MEASURES,
} from './measures.js';

const names = Object.keys(MEASURES) as MeasureName[];

describe('A03 columns that count together', () => {
  it('are two of NGR, and as many as differ in any of several measures', () => {
    const [gaming, taken] = columnGroups(['ngr']);
    expect(gaming).toEqual({
      column: 'bets_sum',
      terms: [
        { column: 'bets_sum', sign: 1 },
        { column: 'wins_sum', sign: -1 },
      ],
    });
    expect(taken).toMatchObject({ column: 'bonus_issues_sum', terms: Array(6).fill({ sign: 1 }) });
    expect(columnGroups(['ngr', 'wager']).map(({ column }) => column)).toEqual([
      'bets_sum',
      'wins_sum',
      'bonus_issues_sum',
    ]);
    expect(columnGroups([])).toEqual([]);
  });

  it('make every measure the same as by all columns', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 4 }),
        fc.array(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), {
          minLength: ACTIVITY_COLUMNS.length,
          maxLength: ACTIVITY_COLUMNS.length,
        }),
        fc.integer({ min: 0, max: 10_000 }),
        (measures, values, adminFeeBps) => {
          const sums: ActivitySums = Object.fromEntries(
            ACTIVITY_COLUMNS.map((column, index) => [column, values[index]!]),
          );
          const grouped: ActivitySums = Object.fromEntries(
            columnGroups(measures).map(({ column, terms }) => [
              column,
              terms.reduce((sum, term) => sum + BigInt(term.sign) * sums[term.column]!, 0n),
            ]),
          );
          for (const name of measures) {
            expect(evaluateMeasureScaled(name, grouped, adminFeeBps)).toBe(
              evaluateMeasureScaled(name, sums, adminFeeBps),
            );
          }
        },
      ),
    );
  });
});
