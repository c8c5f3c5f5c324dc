import {
  type ActivityColumn,
  columnsOfMeasure,
  hasAdminFee,
  FEE_COLUMNS,
  MEASURES,
  type MeasureName,
  measureSql,
} from '../../../commissions/domain/measures.js';
import { feeCounter } from './sources.js';

/**
 * What a column shows: a whole number, a number with decimals, a share in per cent, or an amount with its currency.
 */
export type ColumnType = 'integer' | 'decimal' | 'percent' | 'money';

export interface Column {
  readonly title: string;
  readonly description: string;
  readonly type: ColumnType;
  /** The counters it is calculated from. */
  readonly counters: readonly string[];
  /** SQL over the sums of its counters, by their names; amounts in minor units, possibly with a fraction. */
  readonly sql: string;
}

type Words = Pick<Column, 'title' | 'description'>;

/** A column that shows a sum as it is. */
export function sum(type: ColumnType, counter: string, title: string, description: string): Column {
  return { title, description, type, counters: [counter], sql: counter };
}

/** A column that shows a measure that commission is calculated from as well: by the same formula. */
export function measured(name: MeasureName, words: Partial<Words> = {}): Column {
  const { title, description, unit } = MEASURES[name];
  const columns = columnsOfMeasure(name);
  const feeColumns = hasAdminFee(name) ? columns.filter((column) => FEE_COLUMNS.includes(column)) : [];
  return {
    title: words.title ?? title,
    description: words.description ?? description,
    type: unit === 'money' ? 'money' : 'integer',
    counters: [...columns, ...feeColumns.map(feeCounter)],
    sql: measureSql(name, (column: ActivityColumn) => column, feeCounter),
  };
}

/** A column that divides one figure by another, sum by sum: nothing where there is nothing to divide by. */
export function ratio(
  type: 'decimal' | 'percent' | 'money',
  parts: readonly [Column, Column],
  words: Words,
): Column {
  const [of, by] = parts;
  const factor = type === 'percent' ? '100 * ' : '';
  return {
    ...words,
    type,
    counters: [...new Set([...of.counters, ...by.counters])],
    sql: `coalesce(${factor}${of.sql}::numeric / nullif(${by.sql}, 0), 0)`,
  };
}
