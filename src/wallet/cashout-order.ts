import { isUUID } from 'class-validator';
import { type CursorCheck, isCursorMinor, isCursorTime, partsOfCursor } from '../platform/index.js';

/** How cash-outs are sorted; amounts within each currency, and what is not finished as if it were to be last. */
export const CASHOUT_SORTS = [
  '-createdAt',
  'createdAt',
  '-finishedAt',
  'finishedAt',
  '-amount',
  'amount',
] as const;
export type CashoutSort = (typeof CASHOUT_SORTS)[number];

/** When what is not finished is taken to be finished; as in the index. */
const NEVER = '9999-12-31T00:00:00Z';

/** What of a cash-out its place in a list depends on. */
interface Sortable {
  readonly id: string;
  readonly currency: string;
  readonly amount_minor: string;
  readonly finished_at: Date | null;
}

interface Order {
  /** SQL of what is compared, ending with the id so that no two are equal. */
  readonly columns: readonly string[];
  readonly keyOf: (row: Sortable) => string[];
  /** What a key that comes back must look like, part by part. */
  readonly checks: readonly CursorCheck[];
}

const ORDERS: Readonly<Record<'createdAt' | 'finishedAt' | 'amount', Order>> = {
  // Ids grow with time.
  createdAt: { columns: ['c.id'], keyOf: ({ id }) => [id], checks: [isUUID] },
  finishedAt: {
    columns: [`coalesce(c.finished_at, timestamptz '${NEVER}')`, 'c.id'],
    keyOf: ({ id, finished_at }) => [(finished_at ?? new Date(NEVER)).toISOString(), id],
    checks: [isCursorTime, isUUID],
  },
  amount: {
    columns: ['c.currency', 'c.amount_minor', 'c.id'],
    keyOf: ({ id, currency, amount_minor }) => [currency, amount_minor, id],
    checks: [(currency) => /^[A-Z]{3,5}$/.test(currency), isCursorMinor, isUUID],
  },
};

/** A sort of cash-outs as SQL, and where a page of it starts. */
export interface CashoutOrder {
  readonly sql: string;
  /** Condition with a `?` for each value of {@link after}; null on the first page. */
  readonly condition: string | null;
  readonly after: readonly unknown[];
  readonly keyOf: (row: Sortable) => string[];
}

/**
 * How a list is sorted and where its page starts.
 * @throws DomainError INVALID_CURSOR (400)
 */
export function cashoutOrder(sort: CashoutSort, cursor: string | undefined): CashoutOrder {
  const descending = sort.startsWith('-');
  const { columns, keyOf, checks } = ORDERS[sort.replace('-', '') as keyof typeof ORDERS];
  const direction = descending ? 'DESC' : 'ASC';
  return {
    sql: columns.map((column) => `${column} ${direction}`).join(', '),
    condition:
      cursor === undefined
        ? null
        : `(${columns.join(', ')}) ${descending ? '<' : '>'} (${columns.map(() => '?').join(', ')})`,
    after: cursor === undefined ? [] : partsOfCursor(cursor, checks),
    keyOf,
  };
}
