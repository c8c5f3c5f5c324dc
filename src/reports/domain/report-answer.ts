import { Decimal, roundHalfEven } from '../../platform/money/decimal.js';
import { Money } from '../../platform/money/money.js';
import { badParameter, type ReportRequest } from './report-request.js';
import { type ColumnName, columnOf, grouperOf } from './catalogue.js';
import { hasMoney } from './report-sql.js';

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

/** Cells of a row: groupers, then columns in the order asked for, then the currency. */
export function cellsOf(request: ReportRequest, row: FactRow): Cell[] {
  return [
    ...request.groupBy.map((name, index): Cell => {
      const { cell, type } = grouperOf(name);
      return { name: cell, value: row[`g${index}`] ?? null, type };
    }),
    ...request.columns.map((name) => columnCell(name, row)),
    { name: 'currency', value: row.currency, type: 'string' },
  ];
}

/** Cells of the totals; without facts one row of zeros. */
export function totalCells(request: ReportRequest, rows: FactRow[]): Cell[][] {
  const currency = request.conversionCurrency ?? 'N/A';
  const shown: FactRow[] = rows.length > 0 ? rows : [{ currency }];
  return shown.map((row) => cellsOf({ ...request, groupBy: [] }, row));
}

function columnCell(name: ColumnName, row: FactRow): Cell {
  const { type } = columnOf(name);
  const value = roundHalfEven(new Decimal(row[name] ?? '0'));
  if (type === 'integer') return { name, value: Number(value), type };
  const amount = Money.of(value, row.currency);
  return {
    name,
    value: { currency: row.currency, amount: amount.toString(), amount_cents: value.toString() },
    type,
  };
}

/**
 * Checks that every amount already is in the currency asked for.
 * @throws DomainError INVALID_PARAMETER (400) when a rate would be needed
 */
export function assertConvertible(request: ReportRequest, totals: FactRow[]): void {
  const { conversionCurrency } = request;
  if (conversionCurrency === null || !hasMoney(request)) return;
  const foreign = totals.find(({ currency }) => currency !== conversionCurrency);
  if (foreign) {
    throw badParameter(
      'conversion_currency',
      `no exchange rate from ${foreign.currency} to ${conversionCurrency} is known; leave it out to get one row per currency`,
    );
  }
}
