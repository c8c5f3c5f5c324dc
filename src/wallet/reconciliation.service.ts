import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { Money } from '../platform/index.js';

/** One thing that is not as it must be. */
export interface Mismatch {
  /** Name of the check that found it. */
  check: string;
  /** Journal, account or what a registered check compares; null where cash-outs have no account at all. */
  subjectId: string | null;
  /** Whose wallet it is in; null for the house. */
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

/** A check of another room: gives what is not as it must be, all seen in one statement. */
export type RegisteredCheck = (db: EntityManager | DataSource) => Promise<Omit<Mismatch, 'check'>[]>;

interface MismatchRow {
  check: string;
  subject_id: string | null;
  owner_id: string | null;
  currency: string;
  expected: string;
  actual: string;
}

/** One statement, so that all of it sees one moment. A wrong journal is told once per owner that it touches. */
const MISMATCHES = `
  SELECT 'journal_sums_to_zero' AS check, j.id AS subject_id, o.owner_id, j.currency,
         '0' AS expected, j.total::text AS actual
    FROM (SELECT e.journal_id AS id, a.currency, sum(e.amount_minor) AS total
            FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
           GROUP BY e.journal_id, a.currency HAVING sum(e.amount_minor) <> 0) j
    LEFT JOIN LATERAL (SELECT DISTINCT a.owner_id
                         FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
                        WHERE e.journal_id = j.id AND a.owner_id IS NOT NULL) o ON true
  UNION ALL
  SELECT 'balance_is_sum_of_entries', a.id, a.owner_id, a.currency,
         coalesce(e.total, 0)::text, a.balance_minor::text
    FROM ledger_accounts a
    LEFT JOIN (SELECT account_id, sum(amount_minor) AS total FROM ledger_entries GROUP BY account_id) e
      ON e.account_id = a.id
   WHERE a.balance_minor <> coalesce(e.total, 0)
  UNION ALL
  (SELECT DISTINCT ON (c.account_id) 'entries_form_a_chain', c.account_id, a.owner_id, a.currency,
          c.expected::text, c.balance_after_minor::text
    FROM (SELECT account_id, account_version, balance_after_minor,
                 lag(account_version, 1, 0::bigint) OVER versions + 1 AS expected_version,
                 lag(balance_after_minor, 1, 0::bigint) OVER versions + amount_minor AS expected
            FROM ledger_entries WINDOW versions AS (PARTITION BY account_id ORDER BY account_version)) c
    JOIN ledger_accounts a ON a.id = c.account_id
   WHERE c.account_version <> c.expected_version OR c.balance_after_minor <> c.expected
   ORDER BY c.account_id, c.account_version)
  UNION ALL
  SELECT 'version_is_number_of_entries', a.id, a.owner_id, a.currency,
         coalesce(last.balance_after_minor, 0)::text, a.balance_minor::text
    FROM ledger_accounts a
    LEFT JOIN LATERAL (SELECT account_version, balance_after_minor FROM ledger_entries e
                        WHERE e.account_id = a.id ORDER BY account_version DESC LIMIT 1) last ON true
   WHERE a.version <> coalesce(last.account_version, 0)
  UNION ALL
  SELECT 'processing_is_open_cashouts', a.id, coalesce(a.owner_id, c.owner_id), coalesce(a.currency, c.currency),
         coalesce(c.total, 0)::text, coalesce(a.balance_minor, 0)::text
    FROM (SELECT * FROM ledger_accounts WHERE kind = 'processing') a
    FULL JOIN (SELECT owner_id, currency, sum(amount_minor) AS total FROM cashouts WHERE state = 'pending'
                GROUP BY owner_id, currency) c
      ON c.owner_id = a.owner_id AND c.currency = a.currency
   WHERE coalesce(a.balance_minor, 0) <> coalesce(c.total, 0)
  UNION ALL
  SELECT 'paid_is_accepted_less_refunds', a.id, coalesce(a.owner_id, c.owner_id), coalesce(a.currency, c.currency),
         coalesce(c.total, 0)::text, coalesce(a.balance_minor, 0)::text
    FROM (SELECT * FROM ledger_accounts WHERE kind = 'paid') a
    FULL JOIN (SELECT owner_id, currency, sum(moved) AS total
                 FROM (SELECT owner_id, currency, amount_minor AS moved FROM cashouts WHERE accepted_at IS NOT NULL
                       UNION ALL
                       SELECT c.owner_id, c.currency, -r.amount_minor
                         FROM cashout_refunds r JOIN cashouts c ON c.id = r.cashout_id
                       UNION ALL
                       -- Paid out by the program that it was brought along from.
                       SELECT a.owner_id, a.currency, e.amount_minor
                         FROM ledger_journals j JOIN ledger_entries e ON e.journal_id = j.id
                         JOIN ledger_accounts a ON a.id = e.account_id AND a.kind = 'paid'
                        WHERE j.kind = 'opening_balance') movement
                GROUP BY owner_id, currency) c
      ON c.owner_id = a.owner_id AND c.currency = a.currency
   WHERE coalesce(a.balance_minor, 0) <> coalesce(c.total, 0)
`;

/** Compares the ledger with itself, with the cash-outs and by other rooms' checks; it repairs nothing (B01). */
@Injectable()
export class Reconciliation {
  private readonly registered = new Map<string, RegisteredCheck>();

  /** Adds a check of a room that this one does not know; it is part of every run. */
  register(name: string, check: RegisteredCheck): void {
    this.registered.set(name, check);
  }

  /** Runs every check of rule 1.6. */
  async run(db: EntityManager | DataSource): Promise<ReconciliationResult> {
    const [counts] = await db.query<[{ journals: number; accounts: number }]>(
      `SELECT (SELECT count(*) FROM ledger_journals)::int AS journals,
              (SELECT count(*) FROM ledger_accounts)::int AS accounts`,
    );
    const rows = await db.query<MismatchRow[]>(MISMATCHES);
    const mismatches = rows.map(toMismatch);
    for (const [check, run] of this.registered) {
      mismatches.push(...(await run(db)).map((mismatch) => ({ check, ...mismatch })));
    }
    return { ...counts, mismatches };
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

/** A mismatch in words, for people. */
export function describeMismatch({ check, subjectId, expected, actual }: Mismatch): string {
  const subject = subjectId === null ? '' : ` of ${subjectId}`;
  return `${check}${subject}: ${actual.toString()} instead of ${expected.toString()} ${expected.currency}`;
}
