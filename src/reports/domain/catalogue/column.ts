import {
  type ActivityColumn,
  columnsOfMeasure,
  hasAdminFee,
  FEE_COLUMNS,
  MEASURES,
  type MeasureName,
  measureSql,
} from '../../../commissions/domain/measures.js';
import { counterNamed, feeCounter, sourceOf, type SourceName, type Unit } from './sources.js';

/**
 * What a column shows: a whole number, a number with decimals, a share in per cent, or an amount with its currency.
 */
export type ColumnType = 'integer' | 'decimal' | 'percent' | 'money';

/** A number of one source's facts that adds up: a counter, or what is calculated from some by plus and minus. */
export interface Figure {
  readonly name: string;
  readonly source: SourceName;
  readonly unit: Unit;
  /** The counters it is calculated from. */
  readonly counters: readonly string[];
  /** SQL of it. @param of gives the SQL of a counter; amounts in minor units, possibly with a fraction */
  readonly sql: (of: (counter: string) => string) => string;
}

export interface Column {
  readonly title: string;
  readonly description: string;
  readonly type: ColumnType;
  /** What is summed for it. */
  readonly figures: readonly Figure[];
  /** SQL over the sums of its figures, by their names. */
  readonly sql: string;
}

type Words = Pick<Column, 'title' | 'description'>;

/** A column that shows a sum as it is. */
export function sum(type: ColumnType, counter: string, title: string, description: string): Column {
  const figure: Figure = {
    name: counter,
    source: sourceOf(counter),
    unit: counterNamed(counter).unit,
    counters: [counter],
    sql: (of) => of(counter),
  };
  return { title, description, type, figures: [figure], sql: figure.name };
}

/** A column that shows a measure that commission is calculated from as well: by the same formula. */
export function measured(name: MeasureName, words: Partial<Words> = {}): Column {
  const { title, description, unit } = MEASURES[name];
  const columns = columnsOfMeasure(name);
  const feeColumns = hasAdminFee(name) ? columns.filter((column) => FEE_COLUMNS.includes(column)) : [];
  const figure: Figure = {
    name: `measure_${name}`,
    source: 'activity',
    unit,
    counters: [...columns, ...feeColumns.map(feeCounter)],
    sql: (of) => measureSql(name, of, (column: ActivityColumn) => of(feeCounter(column))),
  };
  return {
    title: words.title ?? title,
    description: words.description ?? description,
    type: unit === 'money' ? 'money' : 'integer',
    figures: [figure],
    sql: figure.name,
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
    figures: [...of.figures, ...by.figures],
    sql: `coalesce(${factor}${of.sql}::numeric / nullif(${by.sql}, 0), 0)`,
  };
}
