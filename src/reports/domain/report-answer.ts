import type { FileCell } from '../../platform/http/file-cell.js';
import { Decimal, roundHalfEven } from '../../platform/money/decimal.js';
import { Money } from '../../platform/money/money.js';
import type { ColumnType } from './catalogue/column.js';
import { columnOf } from './catalogue/columns.js';
import { grouperOf } from './catalogue/groupers.js';
import { hasMoney, type ReportRequest } from './report-request.js';

/** A row as the statements give it, in their order: groupers, the currency, columns as numeric texts, and the rest. */
export type FactRow = readonly (string | null)[];

/** An amount as report clients know it; `amount_cents` counts the currency's minor units. */
export interface MoneyValue {
  currency: string;
  amount: string;
  amount_cents: string;
}

export interface Cell {
  name: string;
  value: string | number | MoneyValue | null;
  type: string;
}

/** Names and titles of a report's cells, in their order. */
export interface Heading {
  readonly name: string;
  readonly title: string;
  readonly type: string;
  /** Whether files show a name beside it. */
  readonly named?: boolean;
}

/** Shares and averages of counts are shown with so many decimals. */
const SHOWN_DECIMALS = 2;
/** Quotients come with a few more digits than are shown; what is behind these is not theirs. */
const EXACT_DECIMALS = 20;

/** Makes a row's cells: groupers, then columns in the order asked for, then the currency. */
export function cellsOf(request: ReportRequest, divisor: bigint): (row: FactRow) => Cell[] {
  const groups = request.groupBy.map(grouperOf);
  const columns = request.columns.map((name) => ({ name, type: columnOf(name).type }));
  return (row) => {
    const currency = row[groups.length]!;
    return [
      ...groups.map(({ cell, type }, at) => ({ name: cell, value: row[at] ?? null, type })),
      ...columns.map(({ name, type }, at) => ({
        name,
        value: valueOf(type, row[groups.length + 1 + at] ?? '0', { currency, divisor }),
        type,
      })),
      { name: 'currency', value: currency, type: 'string' },
    ];
  };
}

/** Makes a row's cells for files: beside each identifier the name of what it means; amounts are numbers. */
export function fileCellsOf(request: ReportRequest, divisor: bigint): (row: FactRow) => FileCell[] {
  const groups = request.groupBy.map(grouperOf);
  const columns = request.columns.map((name) => columnOf(name).type);
  return (row) => {
    const cells: FileCell[] = [];
    let name = groups.length + 1 + columns.length;
    for (let at = 0; at < groups.length; at += 1) {
      cells.push(row[at]!);
      if (groups[at]!.named) cells.push(row[name++]!);
    }
    const currency = row[groups.length]!;
    for (let at = 0; at < columns.length; at += 1) {
      const value = valueOf(columns[at]!, row[groups.length + 1 + at] ?? '0', { currency, divisor });
      cells.push(typeof value === 'object' ? { decimal: value.amount } : value);
    }
    cells.push(currency);
    return cells;
  };
}

/** Cells of the totals; without facts one row of zeros. */
export function totalCells(request: ReportRequest, rows: readonly FactRow[], divisor: bigint): Cell[][] {
  const currency = (hasMoney(request) && request.conversion?.currency) || 'N/A';
  const shown: readonly FactRow[] = rows.length > 0 ? rows : [[currency]];
  return shown.map(cellsOf({ ...request, groupBy: [] }, divisor));
}

/** What stands above the cells of a row, or of the totals. */
export function headingsOf(request: ReportRequest, part: 'rows' | 'totals'): Heading[] {
  const groupers = part === 'rows' ? request.groupBy : [];
  return [
    ...groupers.map((name) => {
      const { cell, title, type, named } = grouperOf(name);
      return { name: cell, title, type, named: named !== undefined };
    }),
    ...request.columns.map((name) => ({ name, title: columnOf(name).title, type: columnOf(name).type })),
    { name: 'currency', title: 'Currency', type: 'string' },
  ];
}

/** What a column's numeric text says. */
function valueOf(
  type: ColumnType,
  text: string,
  { currency, divisor }: { currency: string; divisor: bigint },
): number | MoneyValue {
  switch (type) {
    case 'integer':
      return Number(text);
    case 'decimal':
    case 'percent':
      return new Decimal(text).toDecimalPlaces(SHOWN_DECIMALS).toNumber();
    case 'money': {
      const minor = minorOf(text, divisor);
      return { currency, amount: Money.of(minor, currency).toString(), amount_cents: minor.toString() };
    }
  }
}

/** Whole amounts, and such as are far enough from a tie to be rounded by their first decimal, as most are. */
const FAR_FROM_TIE = /^(-?)(\d+)(?:\.([0-36-9])\d*)?$/;

/** The amount in minor units, rounded half-even (rule 1.2). */
function minorOf(text: string, divisor: bigint): bigint {
  const simple = divisor === 1n ? FAR_FROM_TIE.exec(text) : null;
  if (!simple) {
    return roundHalfEven(new Decimal(text).div(divisor.toString()).toDecimalPlaces(EXACT_DECIMALS));
  }
  const [, sign, whole, tenths = '0'] = simple;
  const minor = BigInt(whole!) + (tenths > '5' ? 1n : 0n);
  return sign ? -minor : minor;
}
