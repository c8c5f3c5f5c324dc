import { isUUID } from 'class-validator';
import { type CursorCheck, isCursorTime, partsOfCursor } from '../../platform/index.js';

const SORT_KEYS = ['registeredAt', 'level', 'commission'] as const;
type SortKey = (typeof SORT_KEYS)[number];

/** Orders in which sub-affiliates are listed; a minus turns one round. */
export type SubAffiliateSort = SortKey | `-${SortKey}`;
export const SUB_AFFILIATE_SORTS: readonly SubAffiliateSort[] = SORT_KEYS.flatMap(
  (key) => [key, `-${key}`] as const,
);

interface Key {
  /** SQL of the value; columns `id` and those of the list's rows. */
  readonly sql: string;
  readonly type: string;
  readonly isValid: CursorCheck;
}

const KEYS: Record<SortKey, Key> = {
  // Cursors carry milliseconds.
  registeredAt: {
    sql: `date_trunc('milliseconds', registered_at)`,
    type: 'timestamptz',
    isValid: isCursorTime,
  },
  level: { sql: 'level', type: 'int', isValid: (part) => /^\d{1,2}$/.test(part) },
  commission: { sql: 'worth', type: 'numeric', isValid: (part) => /^-?\d{1,40}(\.\d{1,80})?$/.test(part) },
};

/** What a row must say of itself to have a place in the order. */
interface Placed {
  readonly id: string;
  readonly registered_at: Date;
  readonly level: number;
  readonly worth: string;
}

/**
 * The order as SQL, and the condition that a row comes behind the cursor; its values are the parameters from `first` on.
 * @throws DomainError INVALID_CURSOR (400), also for a cursor of another order
 */
export function orderOf(
  sort: SubAffiliateSort,
  cursor: string | undefined,
  first: number,
): { orderBy: string; behind: string; values: unknown[] } {
  const key = KEYS[keyOf(sort)];
  const [direction, comparison] = sort.startsWith('-') ? ['DESC', '<'] : ['ASC', '>'];
  const orderBy = `${key.sql} ${direction}, id ${direction}`;
  if (cursor === undefined) return { orderBy, behind: 'true', values: [] };
  const behind = `(${key.sql}, id) ${comparison} ($${first}::${key.type}, $${first + 1}::uuid)`;
  const isOfOrder: CursorCheck = (part) => part === sort;
  const [, ...values] = partsOfCursor(cursor, [isOfOrder, key.isValid, (part) => isUUID(part)]);
  return { orderBy, behind, values };
}

/** Where the row stands in that order, as its cursor says it: the order comes first. */
export function placeOf(row: Placed, sort: SubAffiliateSort): string[] {
  const values: Record<SortKey, string> = {
    registeredAt: row.registered_at.toISOString(),
    level: String(row.level),
    commission: row.worth,
  };
  return [sort, values[keyOf(sort)], row.id];
}

function keyOf(sort: SubAffiliateSort): SortKey {
  return sort.replace('-', '') as SortKey;
}
