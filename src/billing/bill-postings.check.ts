import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { Money, type Tx } from '../platform/index.js';
import { type Mismatch, Reconciliation } from '../wallet/index.js';

interface BillMismatchRow {
  id: string;
  partner_id: string;
  currency: string;
  expected: string;
  actual: string;
}

/** A journal is posted once per kind and reference, so that a bill has one at most. */
const MISMATCHES = `
  SELECT b.id, b.partner_id, b.currency, b.expected::text, coalesce(p.total, 0)::text AS actual
    FROM (SELECT id, partner_id, coalesce(payout.currency, bill.currency) AS currency,
                 CASE WHEN state = 'paid' THEN coalesce(payout.payable_minor, bill.payable_minor) ELSE 0 END AS expected
            FROM bills bill LEFT JOIN bill_payouts payout ON payout.bill_id = bill.id) b
    LEFT JOIN (SELECT j.reference, a.owner_id, a.currency, sum(e.amount_minor) AS total
                 FROM ledger_journals j
                 JOIN ledger_entries e ON e.journal_id = j.id
                 JOIN ledger_accounts a ON a.id = e.account_id
                WHERE j.kind = 'bill' AND a.kind = 'available'
                GROUP BY j.reference, a.owner_id, a.currency) p
      ON p.reference = b.id::text AND p.owner_id = b.partner_id AND p.currency = b.currency
   WHERE b.expected <> coalesce(p.total, 0)
   ORDER BY b.id
`;

/** Tells reconciliation of bills and postings that do not agree (rule 1.6). */
@Injectable()
export class BillPostingsCheck implements OnModuleInit {
  constructor(private readonly reconciliation: Reconciliation) {}

  onModuleInit(): void {
    this.reconciliation.register('paid_bills_are_postings', (db) => this.findMismatches(db));
  }

  /** A paid bill has put its payable amount, in coin where it is paid out in one, into the partner's available balance, any other bill nothing. */
  private async findMismatches(db: Tx | DataSource): Promise<Omit<Mismatch, 'check'>[]> {
    const rows = await db.query<BillMismatchRow[]>(MISMATCHES);
    return rows.map((row) => ({
      subjectId: row.id,
      ownerId: row.partner_id,
      expected: Money.of(BigInt(row.expected), row.currency),
      actual: Money.of(BigInt(row.actual), row.currency),
    }));
  }
}
