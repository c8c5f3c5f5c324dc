import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog, EventLog } from '../identity/index.js';
import { Clock, notFound, type Tx } from '../platform/index.js';
import { BillHolds } from './bill-holds.service.js';
import { BillPayouts } from './bill-payouts.service.js';
import { billHeldByHand, billStateConflict } from './billing.errors.js';
import { type BillAction, type BillState, findNextBillState } from './domain/bill-state.js';
import { ReviewHolds } from './review-holds.service.js';

interface BillRow {
  id: string;
  partner_id: string;
  state: BillState;
  plan_id: string;
  currency: string;
  last_day: string;
  payable_minor: string;
}

const BILL_COLUMNS = 'id, partner_id, plan_id, state, currency, last_day::text AS last_day, payable_minor';

/** What operators do with bills (rule 3.6); each change is conditional on the state that it was decided on. */
@Injectable()
export class BillActions {
  constructor(
    private readonly payouts: BillPayouts,
    private readonly holds: BillHolds,
    private readonly reviewHolds: ReviewHolds,
    private readonly auditLog: AuditLog,
    private readonly eventLog: EventLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Approves a bill: it is paid, and its payable amount, or what that comes to in the plan's coin, is in the partner's
   * available balance, once (rules 3.6, 3.7).
   * @throws DomainError NOT_FOUND, BILL_STATE_CONFLICT, BILL_UNDER_REVIEW (409), NO_PAYOUT_RATE (422)
   */
  async approve(tx: Tx, actor: Actor, billId: string): Promise<void> {
    const bill = await this.move(tx, actor, billId, 'approve');
    const amount = await this.payouts.credit(tx, {
      id: bill.id,
      partnerId: bill.partner_id,
      planId: bill.plan_id,
      currency: bill.currency,
      lastDay: bill.last_day,
      payableMinor: bill.payable_minor,
    });
    await this.eventLog.record(tx, actor, {
      partnerId: bill.partner_id,
      type: 'bill_approved',
      subjectId: bill.id,
      data: { amount: amount.toJSON() },
    });
  }

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
   * Cancels a bill for good; the partner sees the reason. What it billed counts as settled.
   * @throws DomainError NOT_FOUND, BILL_STATE_CONFLICT (409)
   */
  async cancel(tx: Tx, actor: Actor, billId: string, reason: string): Promise<void> {
    await this.move(tx, actor, billId, 'cancel', reason);
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
    if (action === 'approve' || action === 'release') {
      await this.reviewHolds.refuseUnderReview(tx, {
        id: billId,
        partnerId: found.partner_id,
        planId: found.plan_id,
      });
    }
    const final = next === 'paid' || next === 'cancelled';
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
