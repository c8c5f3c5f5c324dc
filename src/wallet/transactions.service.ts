import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  currencyExponent,
  Decimal,
  decodeCursor,
  encodeCursor,
  idOfCursor,
  mapPage,
  Money,
  type Page,
  toPage,
  uuidV7Floor,
} from '../platform/index.js';
import {
  type JournalKind,
  journalKindsOf,
  type TransactionFilterType,
  type TransactionType,
  transactionTypeOf,
} from './domain/transaction-type.js';

/** A change of an owner's available balance. */
export interface Transaction {
  id: string;
  type: TransactionType;
  direction: 'in' | 'out';
  /** Above zero; `direction` gives the sign. */
  amount: Money;
  balanceAfter: Money;
  /** What caused it: the bill or the cash-out. */
  reference: string;
  memo: string | null;
  createdAt: Date;
}

/** Latest or oldest first. */
export const TRANSACTION_SORTS = ['-createdAt', 'createdAt'] as const;
export type TransactionSort = (typeof TRANSACTION_SORTS)[number];

/** Which transactions to list. */
export interface TransactionFilter {
  ownerId: string;
  type?: TransactionFilterType;
  direction?: 'in' | 'out';
  currency?: string;
  /** Decimal strings in major units, compared within each currency; inclusive. */
  minAmount?: string;
  maxAmount?: string;
  /** Inclusive and exclusive. */
  from?: Date;
  before?: Date;
  sort: TransactionSort;
  limit: number;
  cursor?: string;
}

interface TransactionRow {
  id: string;
  kind: JournalKind;
  reference: string;
  memo: string | null;
  created_at: Date;
  currency: string;
  amount_minor: string;
  balance_after_minor: string;
}

const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Page by page from one end of each account, so that the cost does not grow with the history. */
const pageSql = (comparison: '<' | '>', direction: 'ASC' | 'DESC'): string => `
  SELECT t.*, a.currency
    FROM unnest($1::uuid[], $2::text[], $3::numeric[], $4::numeric[]) AS a (id, currency, minimum, maximum)
   CROSS JOIN LATERAL (
     SELECT j.id, j.kind, j.memo,
            -- Parts of a refund have journals of their own; what caused them is the cash-out.
            CASE j.kind WHEN 'cashout_refund'
                   THEN (SELECT r.cashout_id::text FROM cashout_refunds r WHERE r.id = j.reference::uuid)
                   ELSE j.reference END AS reference,
            j.created_at, e.amount_minor, e.balance_after_minor
       FROM ledger_entries e JOIN ledger_journals j ON j.id = e.journal_id
      WHERE e.account_id = a.id AND e.journal_id >= $5 AND e.journal_id < $6
        -- Said of the id alone too: only that is found by the index.
        AND e.journal_id ${comparison}= $7::uuid AND (e.journal_id, a.currency) ${comparison} ($7::uuid, $8::text)
        AND ($9::text[] IS NULL OR j.kind = ANY ($9)) AND ($10::int IS NULL OR sign(e.amount_minor) = $10)
        AND abs(e.amount_minor) BETWEEN a.minimum AND a.maximum
      ORDER BY e.journal_id ${direction} LIMIT $11
   ) t
   ORDER BY t.id ${direction}, a.currency ${direction} LIMIT $11
`;

/** The history of available balances (A14), read from the ledger itself. */
@Injectable()
export class Transactions {
  /** A page of transactions, by their time. */
  async list(db: EntityManager, filter: TransactionFilter): Promise<Page<Transaction>> {
    const { type, direction, from, before, limit } = filter;
    const accounts = await db.query<{ id: string; currency: string }[]>(
      `SELECT id, currency FROM ledger_accounts
        WHERE owner_id = $1 AND kind = 'available' AND ($2::text IS NULL OR currency = $2)`,
      [filter.ownerId, filter.currency ?? null],
    );
    const descending = filter.sort === '-createdAt';
    const sql = descending ? pageSql('<', 'DESC') : pageSql('>', 'ASC');
    const rows = await db.query<TransactionRow[]>(sql, [
      accounts.map(({ id }) => id),
      accounts.map(({ currency }) => currency),
      accounts.map(({ currency }) => inMinorUnits(filter.minAmount ?? '0', currency)),
      accounts.map(({ currency }) =>
        filter.maxAmount ? inMinorUnits(filter.maxAmount, currency) : 'Infinity',
      ),
      from ? uuidV7Floor(from) : FIRST_ID,
      before ? uuidV7Floor(before) : LAST_ID,
      ...positionOf(filter.cursor, descending),
      type ? journalKindsOf(type) : null,
      direction ? (direction === 'in' ? 1 : -1) : null,
      limit + 1,
    ]);
    const page = toPage(rows, limit, (row) => [row.id, row.currency]);
    return mapPage(page, toTransaction);
  }
}

/** Exact, and not rounded: half a cent is more than no cent and less than one. */
function inMinorUnits(amount: string, currency: string): string {
  return new Decimal(amount).times(new Decimal(10).pow(currencyExponent(currency))).toFixed();
}

/** The position in the list that a cursor names; without one, before everything. */
function positionOf(cursor: string | undefined, descending: boolean): [string, string] {
  if (cursor === undefined) return [descending ? LAST_ID : FIRST_ID, ''];
  const [id = '', currency = ''] = decodeCursor(cursor, 2);
  return [idOfCursor(encodeCursor([id])), currency];
}

function toTransaction(row: TransactionRow): Transaction {
  const amount = Money.of(BigInt(row.amount_minor), row.currency);
  return {
    id: row.id,
    type: transactionTypeOf(row.kind),
    direction: amount.isNegative() ? 'out' : 'in',
    amount: amount.isNegative() ? amount.negate() : amount,
    balanceAfter: Money.of(BigInt(row.balance_after_minor), row.currency),
    reference: row.reference,
    memo: row.memo,
    createdAt: row.created_at,
  };
}
