import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/index.js';
import { FactsService } from '../tracking/index.js';
import { SubAffiliateCommissions } from './sub-affiliate-commissions.service.js';

/** What a bill leaves behind that is cancelled: for its partner's next bill, and for those above (ADR 3). */
@Injectable()
export class BillCancellations {
  constructor(
    private readonly facts: FactsService,
    private readonly subAffiliates: SubAffiliateCommissions,
  ) {}

  /**
   * Takes what the bill brought in and left, which is to be cancelled, out of its partner's position, and locks that: no
   * run reads what is billed while the bill changes. Runs lock positions before bills, too.
   */
  async undoCarry(tx: Tx, billId: string): Promise<void> {
    await tx.query(
      `UPDATE billing_positions AS position
          SET carry_minor = position.carry_minor
            + (SELECT coalesce(sum(amount_minor), 0) FROM bill_lines
                WHERE bill_id = bill.id AND kind IN ('carry_in', 'carry_out'))
         FROM bills AS bill
        WHERE bill.id = $1 AND position.partner_id = bill.partner_id AND position.plan_id = bill.plan_id
          AND position.brand_id = bill.brand_id AND position.currency = bill.currency`,
      [billId],
    );
  }

  /** Lets the next runs look at all periods that the cancelled bill held lines for: the partner's, and those above. */
  async note(tx: Tx, bill: { id: string; partnerId: string; brandId: string }): Promise<void> {
    const changes = await tx.query<{ partnerId: string; campaignId: string; occurredAt: Date }[]>(
      `SELECT c.partner_id AS "partnerId", min(c.id::text) AS "campaignId", min(l.period_start) AS "occurredAt"
         FROM bill_lines l JOIN campaigns c ON c.partner_id = l.partner_id AND c.commission_plan_id = l.plan_id
        WHERE l.bill_id = $1 GROUP BY c.partner_id`,
      [bill.id],
    );
    await this.facts.markChanged(tx, changes);
    await this.subAffiliates.noteCancelled(tx, bill);
  }
}
