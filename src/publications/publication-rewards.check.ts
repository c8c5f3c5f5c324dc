import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { Money, type Tx } from '../platform/index.js';
import { type Mismatch, Reconciliation } from '../wallet/index.js';

interface Row {
  id: string;
  partnerId: string;
  currency: string;
  expected: string;
  actual: string;
}

const MISMATCHES = `
  SELECT p.id, p.partner_id AS "partnerId", p.currency, p.expected::text, coalesce(j.total, 0)::text AS actual
    FROM (SELECT id, partner_id, currency,
                 CASE WHEN step = 'confirmed' AND reversed_at IS NULL THEN coalesce(reward_minor, 0) ELSE 0 END AS expected
            FROM publications) p
    LEFT JOIN (SELECT j.reference, a.owner_id, a.currency, sum(e.amount_minor) AS total
                 FROM ledger_journals j
                 JOIN ledger_entries e ON e.journal_id = j.id
                 JOIN ledger_accounts a ON a.id = e.account_id
                WHERE j.kind IN ('publication_reward', 'publication_reward_reversal') AND a.kind = 'available'
                GROUP BY j.reference, a.owner_id, a.currency) j
      ON j.reference = p.id::text AND j.owner_id = p.partner_id AND j.currency = p.currency
   WHERE p.expected <> coalesce(j.total, 0)
   ORDER BY p.id`;

/** Tells reconciliation of publications and postings that do not agree (rule 1.6). */
@Injectable()
export class PublicationRewardsCheck implements OnModuleInit {
  constructor(private readonly reconciliation: Reconciliation) {}

  onModuleInit(): void {
    this.reconciliation.register('publication_rewards_are_postings', (db) => this.findMismatches(db));
  }

  /** A confirmed publication has put its reward into the creator's available balance, any other one nothing. */
  private async findMismatches(db: Tx | DataSource): Promise<Omit<Mismatch, 'check'>[]> {
    const rows = await db.query<Row[]>(MISMATCHES);
    return rows.map(({ id, partnerId, currency, expected, actual }) => ({
      subjectId: id,
      ownerId: partnerId,
      expected: Money.of(BigInt(expected), currency),
      actual: Money.of(BigInt(actual), currency),
    }));
  }
}
