import { Decimal, roundHalfEven } from '../../platform/money/decimal.js';
import { Money } from '../../platform/money/money.js';
import type { ColumnType } from './catalogue/column.js';
import { type ColumnName, columnOf } from './catalogue/columns.js';
import { grouperOf } from './catalogue/groupers.js';
import { hasMoney, type ReportRequest } from './report-request.js';

/** A row as the database gives it: groupers `g0…`, `currency`, and the columns by name as numeric texts. */
export type FactRow = Record<string, string | null> & { currency: string };

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
}

/** Shares and averages of counts are shown with so many decimals. */
const SHOWN_DECIMALS = 2;
/** Quotients come with a few more digits than are shown; what is behind these is not theirs. */
const EXACT_DECIMALS = 20;

/** Makes a row's cells: groupers, then columns in the order asked for, then the currency. */
export function cellsOf(request: ReportRequest, divisor: bigint): (row: FactRow) => Cell[] {
  const groups = request.groupBy.map((name, index) => ({ ...grouperOf(name), key: `g${index}` }));
  const columns = request.columns.map((name) => ({ name, type: columnOf(name).type }));
  return (row) => {
    const cells: Cell[] = [];
    for (const { cell, type, key } of groups) cells.push({ name: cell, value: row[key] ?? null, type });
    for (const column of columns) cells.push(columnCell(column, row, divisor));
    cells.push({ name: 'currency', value: row.currency, type: 'string' });
    return cells;
  };
}

/** Cells of the totals; without facts one row of zeros. */
export function totalCells(request: ReportRequest, rows: readonly FactRow[], divisor: bigint): Cell[][] {
  const currency = (hasMoney(request) && request.conversion?.currency) || 'N/A';
  const shown: readonly FactRow[] = rows.length > 0 ? rows : [{ currency }];
  return shown.map(cellsOf({ ...request, groupBy: [] }, divisor));
}

/** What stands above the cells of a row, or of the totals. */
export function headingsOf(request: ReportRequest, part: 'rows' | 'totals'): Heading[] {
  const groupers = part === 'rows' ? request.groupBy : [];
  return [
    ...groupers.map((name) => {
      const { cell, title, type } = grouperOf(name);
      return { name: cell, title, type };
    }),
    ...request.columns.map((name) => ({ name, title: columnOf(name).title, type: columnOf(name).type })),
    { name: 'currency', title: 'Currency', type: 'string' },
  ];
}

function columnCell(
  { name, type }: { name: ColumnName; type: ColumnType },
  row: FactRow,
  divisor: bigint,
): Cell {
  const text = row[name] ?? '0';
  switch (type) {
    case 'integer':
      return { name, value: Number(text), type };
    case 'decimal':
    case 'percent':
      return { name, value: new Decimal(text).toDecimalPlaces(SHOWN_DECIMALS).toNumber(), type };
    case 'money': {
      const minor = minorOf(text, divisor);
      const amount = Money.of(minor, row.currency).toString();
      return { name, value: { currency: row.currency, amount, amount_cents: minor.toString() }, type };
    }
  }
}

/** The amount in minor units; whole ones that need no conversion, as most are, take no decimal arithmetic. */
function minorOf(text: string, divisor: bigint): bigint {
  if (divisor === 1n && /^-?\d+$/.test(text)) return BigInt(text);
  const exact = new Decimal(text).div(divisor.toString()).toDecimalPlaces(EXACT_DECIMALS);
  return roundHalfEven(exact);
}
