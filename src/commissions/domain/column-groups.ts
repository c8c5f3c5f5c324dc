import { type ActivityColumn, type MeasureName, type MeasureTerm, measureParts } from './measures.js';

/** Columns whose sum is all that some measures look at, put in the place of one of them. */
export interface ColumnGroup {
  /** The first of them: in sums its value is that of the whole group, and the others are absent. */
  readonly column: ActivityColumn;
  /** Which columns to add up, with their signs; that of `column` is 1. */
  readonly terms: readonly MeasureTerm[];
}

/**
 * The columns that the measures look at, those together that count alike, or just the other way round, in every one of
 * them: of NGR these are GGR and all that is taken off it. Measures are linear, so by the groups' sums they come to the
 * same as by all columns, and whoever adds up millions of rows adds up two numbers of each in place of eight.
 */
export function columnGroups(names: readonly MeasureName[]): ColumnGroup[] {
  const groups = new Map<string, { column: ActivityColumn; sign: number; terms: MeasureTerm[] }>();
  for (const [column, signs] of signsByColumn(names)) {
    const sign = signs.find((one) => one !== 0)!;
    // Columns of opposite signs have one key.
    const key = signs.map((one) => one * sign).join();
    const group = groups.get(key) ?? { column, sign, terms: [] };
    group.terms.push({ column, sign: group.sign === sign ? 1 : -1 });
    groups.set(key, group);
  }
  return [...groups.values()].map(({ column, terms }) => ({ column, terms }));
}

/** By column, how it counts in the value and in the admin fee of each measure: 1, -1 or 0. */
function signsByColumn(names: readonly MeasureName[]): Map<ActivityColumn, number[]> {
  const parts = [...new Set(names)].flatMap(measureParts);
  const columns = new Set(parts.flatMap((terms) => terms.map(({ column }) => column)));
  return new Map(
    [...columns].map((column) => [
      column,
      parts.map((terms) => terms.find((term) => term.column === column)?.sign ?? 0),
    ]),
  );
}
