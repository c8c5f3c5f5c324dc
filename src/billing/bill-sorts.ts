import { isUUID } from 'class-validator';
import type { SelectQueryBuilder } from 'typeorm';
import {
  type CursorCheck,
  isCursorDay,
  isCursorMinor,
  isCursorTime,
  partsOfCursor,
} from '../platform/index.js';
import type { Bill } from './bill.entity.js';

const SORT_KEYS = ['createdAt', 'period', 'amount', 'state'] as const;
type SortKey = (typeof SORT_KEYS)[number];

/** Orders in which bills are listed; a minus turns one round. */
export type BillSort = SortKey | `-${SortKey}`;
export const BILL_SORTS: readonly BillSort[] = SORT_KEYS.flatMap((key) => [key, `-${key}`] as const);

type SortColumn = 'id' | 'createdAt' | 'firstDay' | 'currency' | 'payableMinor' | 'state';

/** Each order names the bills one by one, so that a page goes on where the one before ended. */
const COLUMNS: Record<SortKey, readonly SortColumn[]> = {
  createdAt: ['createdAt', 'id'],
  period: ['firstDay', 'id'],
  // An amount says nothing beside one in another currency.
  amount: ['currency', 'payableMinor', 'id'],
  state: ['state', 'createdAt', 'id'],
};

const CHECKS: Record<SortColumn, CursorCheck> = {
  id: isUUID,
  createdAt: isCursorTime,
  firstDay: isCursorDay,
  currency: (part) => /^[A-Z]{3,5}$/.test(part),
  payableMinor: isCursorMinor,
  state: (part) => /^[a-z_]{1,20}$/.test(part),
};

/**
 * Puts the bills of the query into the order, from behind the cursor on.
 * @throws DomainError INVALID_CURSOR (400)
 */
export function sortBills(query: SelectQueryBuilder<Bill>, sort: BillSort, cursor: string | undefined): void {
  const columns = COLUMNS[keyOf(sort)];
  const down = sort.startsWith('-');
  for (const column of columns) query.addOrderBy(`bill.${column}`, down ? 'DESC' : 'ASC');
  if (cursor === undefined) return;
  const place = partsOfCursor(cursor, columns.map((column) => CHECKS[column])); // prettier-ignore
  const row = columns.map((column) => `bill.${column}`).join(', ');
  const values = columns.map((column) => `:after_${column}`).join(', ');
  query.andWhere(
    `(${row}) ${down ? '<' : '>'} (${values})`,
    Object.fromEntries(columns.map((column, index) => [`after_${column}`, place[index]])),
  );
}

/** Where the bill stands in that order, as its cursor says it. */
export function placeInList(bill: Bill, sort: BillSort): string[] {
  return COLUMNS[keyOf(sort)].map((column) => {
    const value = bill[column];
    return value instanceof Date ? value.toISOString() : value;
  });
}

function keyOf(sort: BillSort): SortKey {
  return sort.replace('-', '') as SortKey;
}
