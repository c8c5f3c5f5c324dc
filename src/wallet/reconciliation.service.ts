import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { Money } from '../platform/index.js';

/** What reconciliation compares (rule 1.6). */
export const RECONCILIATION_CHECKS = [
  'journal_sums_to_zero',
  'balance_is_sum_of_entries',
  'processing_is_open_cashouts',
] as const;
type ReconciliationCheck = (typeof RECONCILIATION_CHECKS)[number];

/** One thing that is not as it must be. */
export interface Mismatch {
  check: ReconciliationCheck;
  /** Journal or account; null where open cash-outs have no account at all. */
  subjectId: string | null;
  ownerId: string | null;
  expected: Money;
  actual: Money;
}

/** What a reconciliation saw; clean when there are no mismatches. */
export interface ReconciliationResult {
  journals: number;
  accounts: number;
  mismatches: Mismatch[];
}

interface MismatchRow {
  check: ReconciliationCheck;
  subject_id: string | null;
  owner_id: string | null;
  currency: string;
  expected: string;
  actual: string;
}

/** One statement, so that all of it sees one moment. */
const MISMATCHES = `
  SELECT 'journal_sums_to_zero' AS check, e.journal_id AS subject_id, NULL::uuid AS owner_id, a.currency,
         '0' AS expected, sum(e.amount_minor)::text AS actual
    FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
   GROUP BY e.journal_id, a.currency HAVING sum(e.amount_minor) <> 0
  UNION ALL
  SELECT 'balance_is_sum_of_entries', a.id, a.owner_id, a.currency,
         coalesce(e.total, 0)::text, a.balance_minor::text
    FROM ledger_accounts a
    LEFT JOIN (SELECT account_id, sum(amount_minor) AS total FROM ledger_entries GROUP BY account_id) e
      ON e.account_id = a.id
   WHERE a.balance_minor <> coalesce(e.total, 0)
  UNION ALL
  SELECT 'processing_is_open_cashouts', a.id, coalesce(a.owner_id, c.owner_id), coalesce(a.currency, c.currency),
         coalesce(c.total, 0)::text, coalesce(a.balance_minor, 0)::text
    FROM (SELECT * FROM ledger_accounts WHERE kind = 'processing') a
    FULL JOIN (SELECT owner_id, currency, sum(amount_minor) AS total FROM cashouts WHERE state = 'pending'
                GROUP BY owner_id, currency) c
      ON c.owner_id = a.owner_id AND c.currency = a.currency
   WHERE coalesce(a.balance_minor, 0) <> coalesce(c.total, 0)
`;

/** Compares the ledger with itself and with the cash-outs; it only reports and repairs nothing (B01). */
@Injectable()
export class Reconciliation {
  /** Runs every check of rule 1.6 that this room can make. */
  async run(db: EntityManager | DataSource): Promise<ReconciliationResult> {
    const [counts] = await db.query<[{ journals: number; accounts: number }]>(
      `SELECT (SELECT count(*) FROM ledger_journals)::int AS journals,
              (SELECT count(*) FROM ledger_accounts)::int AS accounts`,
    );
    const rows = await db.query<MismatchRow[]>(MISMATCHES);
    return { ...counts, mismatches: rows.map(toMismatch) };
  }
}

function toMismatch(row: MismatchRow): Mismatch {
  return {
    check: row.check,
    subjectId: row.subject_id,
    ownerId: row.owner_id,
    expected: Money.of(BigInt(row.expected), row.currency),
    actual: Money.of(BigInt(row.actual), row.currency),
  };
}
