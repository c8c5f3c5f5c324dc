import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog, EventLog } from '../identity/index.js';
import { Clock, Money, notFound, type Tx } from '../platform/index.js';
import { FactsService } from '../tracking/index.js';
import { BillBooks } from './bill-books.js';
import { BillHolds } from './bill-holds.service.js';
import { billHeldByHand, billStateConflict } from './billing.errors.js';
import { type BillAction, type BillState, findNextBillState } from './domain/bill-state.js';
import { ReviewHolds } from './review-holds.service.js';
import { SubAffiliateCommissions } from './sub-affiliate-commissions.service.js';

interface BillRow {
  id: string;
  partner_id: string;
  plan_id: string;
  brand_id: string;
  state: BillState;
  currency: string;
  payable_minor: string;
}

const BILL_COLUMNS = 'id, partner_id, plan_id, brand_id, state, currency, payable_minor';

/** What operators do with bills beside approving and correcting them (rule 3.6); each change is conditional on the state that it was decided on. */
@Injectable()
export class BillActions {
  constructor(
    private readonly books: BillBooks,
    private readonly holds: BillHolds,
    private readonly reviewHolds: ReviewHolds,
    private readonly subAffiliates: SubAffiliateCommissions,
    private readonly facts: FactsService,
    private readonly auditLog: AuditLog,
    private readonly eventLog: EventLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Puts a bill on hold by hand, until it is released by hand; also one that is held for another reason.
   * @throws DomainError NOT_FOUND, BILL_STATE_CONFLICT (409)
   */
  async hold(tx: Tx, actor: Actor, billId: string): Promise<void> {
    await this.move(tx, actor, billId, 'hold');
    const placed = await this.holds.place(tx, [billId], 'operator');
    if (placed.length === 0) throw billHeldByHand();
  }

  /**
   * Takes a bill off hold, whatever it was held for.
   * @throws DomainError NOT_FOUND, BILL_STATE_CONFLICT, BILL_UNDER_REVIEW (409)
   */
  async release(tx: Tx, actor: Actor, billId: string): Promise<void> {
    await this.move(tx, actor, billId, 'release');
    await this.holds.lift(tx, [billId]);
  }

  /**
   * Cancels a bill for good; the partner sees the reason. What it named for its own period is neither paid nor billed
   * again; adjustments of other periods and what it carried come with the next bill. Those above are paid nothing for it.
   * @throws DomainError NOT_FOUND, BILL_STATE_CONFLICT (409)
   */
  async cancel(tx: Tx, actor: Actor, billId: string, reason: string): Promise<void> {
    await this.books.undoCarry(tx, billId);
    const bill = await this.move(tx, actor, billId, 'cancel', reason);
    const { partner_id: partnerId, brand_id: brandId } = bill;
    await this.noteSettled(tx, billId);
    await this.subAffiliates.noteCancelled(tx, { id: billId, partnerId, brandId });
    const amount = Money.of(BigInt(bill.payable_minor), bill.currency).toJSON();
    await this.eventLog.record(tx, actor, {
      partnerId,
      type: 'bill_cancelled',
      subjectId: billId,
      data: { amount, reason },
    });
  }

  /** Lets the partner's next run look at all periods that the bill held lines for. */
  private async noteSettled(tx: Tx, billId: string): Promise<void> {
    const changes = await tx.query<{ partnerId: string; campaignId: string; occurredAt: Date }[]>(
      `SELECT c.partner_id AS "partnerId", min(c.id::text) AS "campaignId", min(l.period_start) AS "occurredAt"
         FROM bill_lines l JOIN campaigns c ON c.partner_id = l.partner_id AND c.commission_plan_id = l.plan_id
        WHERE l.bill_id = $1 GROUP BY c.partner_id`,
      [billId],
    );
    await this.facts.markChanged(tx, changes);
  }

  /** Moves the bill along the transition table and writes the audit log. */
  private async move(
    tx: Tx,
    actor: Actor,
    billId: string,
    action: BillAction,
    reason: string | null = null,
  ): Promise<BillRow> {
    const found = await this.get(tx, billId);
    const next = findNextBillState(found.state, action);
    if (!next) throw billStateConflict(action, found.state);
    if (action === 'release') {
      await this.reviewHolds.refuseUnderReview(tx, {
        id: billId,
        partnerId: found.partner_id,
        planId: found.plan_id,
      });
    }
    const final = next === 'cancelled';
    const [rows] = await tx.query<[BillRow[], number]>(
      `UPDATE bills SET state = $3, cancel_reason = $4, processed_at = $5, processed_by = $6
        WHERE id = $1 AND state = $2 RETURNING ${BILL_COLUMNS}`,
      [billId, found.state, next, reason, final ? this.clock.now() : null, final ? actor.userId : null],
    );
    const moved = rows[0];
    // Somebody else was faster: say what the bill is now.
    if (!moved) throw billStateConflict(action, (await this.get(tx, billId)).state);
    await this.auditLog.record(tx, actor, {
      action: `bill.${action}`,
      subject: { type: 'bill', id: billId },
      partnerId: moved.partner_id,
      before: { state: found.state },
      after: { state: next, ...(reason !== null && { reason }) },
    });
    return moved;
  }

  private async get(tx: Tx, billId: string): Promise<BillRow> {
    const [bill] = await tx.query<BillRow[]>(`SELECT ${BILL_COLUMNS} FROM bills WHERE id = $1`, [billId]);
    if (!bill) throw notFound('bill');
    return bill;
  }
}
