import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { Money, type Tx } from '../../platform/index.js';
import { type Mismatch, Reconciliation } from '../../wallet/index.js';

interface MismatchRow {
  id: string;
  partner_id: string | null;
  currency: string;
  expected: string;
  actual: string;
}

const PAYMENTS = `
  SELECT p.id, p.partner_id, c.currency, p.expected::text, coalesce(j.total, 0)::text AS actual
    FROM (SELECT id, partner_id, campaign_id, CASE WHEN paid_at IS NULL THEN 0 ELSE accrued_minor END AS expected
            FROM campaign_posts) p
    JOIN public_campaigns c ON c.id = p.campaign_id
    LEFT JOIN (SELECT j.reference, a.owner_id, a.currency, sum(e.amount_minor) AS total
                 FROM ledger_journals j
                 JOIN ledger_entries e ON e.journal_id = j.id
                 JOIN ledger_accounts a ON a.id = e.account_id
                WHERE j.kind = 'campaign_reward' AND a.kind = 'available'
                GROUP BY j.reference, a.owner_id, a.currency) j
      ON j.reference = p.id::text AND j.owner_id = p.partner_id AND j.currency = c.currency
   WHERE p.expected <> coalesce(j.total, 0)
   ORDER BY p.id`;

const CONSUMPTION = `
  SELECT c.id, NULL AS partner_id, c.currency, coalesce(p.total, 0)::text AS expected, c.consumed_minor::text AS actual
    FROM public_campaigns c
    LEFT JOIN (SELECT campaign_id, sum(accrued_minor) AS total FROM campaign_posts
                WHERE state IN ('effective', 'approved') GROUP BY campaign_id) p ON p.campaign_id = c.id
   WHERE c.consumed_minor <> coalesce(p.total, 0)
   ORDER BY c.id`;

/** Tells reconciliation of posts and postings that do not agree, and of budgets that are not consumed by posts (rule 7.5). */
@Injectable()
export class CampaignPostingsCheck implements OnModuleInit {
  constructor(private readonly reconciliation: Reconciliation) {}

  onModuleInit(): void {
    this.reconciliation.register('paid_posts_are_postings', (db) => findMismatches(db, PAYMENTS));
    this.reconciliation.register('consumed_is_sum_of_accruals', (db) => findMismatches(db, CONSUMPTION));
  }
}

async function findMismatches(db: Tx | DataSource, sql: string): Promise<Omit<Mismatch, 'check'>[]> {
  const rows = await db.query<MismatchRow[]>(sql);
  return rows.map((row) => ({
    subjectId: row.id,
    ownerId: row.partner_id,
    expected: Money.of(BigInt(row.expected), row.currency),
    actual: Money.of(BigInt(row.actual), row.currency),
  }));
}
