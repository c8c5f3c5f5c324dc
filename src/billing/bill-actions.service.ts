import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog, EventLog } from '../identity/index.js';
import { Clock, Money, notFound, type Tx } from '../platform/index.js';
import { BillCancellations } from './bill-cancellations.service.js';
import { BillHolds } from './bill-holds.service.js';
import { billHeldByHand, billStateConflict } from './billing.errors.js';
import { type BillAction, type BillState, findNextBillState } from './domain/bill-state.js';
import { ReviewHolds } from './review-holds.service.js';

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
    private readonly holds: BillHolds,
    private readonly reviewHolds: ReviewHolds,
    private readonly cancellations: BillCancellations,
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
    await this.cancellations.undoCarry(tx, billId);
    const bill = await this.move(tx, actor, billId, 'cancel', reason);
    const { partner_id: partnerId, brand_id: brandId } = bill;
    await this.cancellations.note(tx, { id: billId, partnerId, brandId });
    const amount = Money.of(BigInt(bill.payable_minor), bill.currency).toJSON();
    await this.eventLog.record(tx, actor, {
      partnerId,
      type: 'bill_cancelled',
      subjectId: billId,
      data: { amount, reason },
    });
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
