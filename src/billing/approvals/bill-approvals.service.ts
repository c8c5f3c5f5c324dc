import { Injectable } from '@nestjs/common';
import { type AuditActor, AuditLog, EventLog } from '../../identity/index.js';
import { Clock, Money, notFound, type Tx } from '../../platform/index.js';
import { ApprovalLimit } from '../../wallet/index.js';
import { BillPayouts } from '../bill-payouts.service.js';
import { billChanged, billHeld, billNeedsOtherOperator, billStateConflict } from '../billing.errors.js';
import { approvalProspect } from '../domain/approval-prospect.js';
import { type BillState, findNextBillState } from '../domain/bill-state.js';
import { ReviewHolds } from '../review-holds.service.js';

interface BillRow {
  id: string;
  partnerId: string;
  planId: string;
  state: BillState;
  currency: string;
  lastDay: string;
  payableMinor: string;
  approvedOnceBy: string | null;
}

/** Paid, or noted as the first of two approvals. */
export type ApprovalOutcome = 'paid' | 'approved_once';

/** Approvals of bills, alone and in bulk: what is above the limit takes two operators (A13, rule 3.6). */
@Injectable()
export class BillApprovals {
  constructor(
    private readonly limit: ApprovalLimit,
    private readonly payouts: BillPayouts,
    private readonly reviewHolds: ReviewHolds,
    private readonly auditLog: AuditLog,
    private readonly eventLog: EventLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Approves a bill: it is paid, and its payable amount, or what that comes to in the plan's coin, is in the partner's
   * available balance, once (rules 3.6, 3.7). Above the limit the first approval is only written down.
   * @returns what came of it
   * @throws DomainError NOT_FOUND, BILL_STATE_CONFLICT, BILL_UNDER_REVIEW, BILL_NEEDS_OTHER_OPERATOR (409),
   *   NO_PAYOUT_RATE (422)
   */
  async approve(tx: Tx, actor: AuditActor, billId: string): Promise<ApprovalOutcome> {
    return this.decide(tx, actor, await this.lockApprovable(tx, billId));
  }

  /**
   * Approves a bill as one of many: only if it is not on hold and still pays what was shown.
   * @param shownMinor the payable amount that was shown, decimal text
   * @throws DomainError BILL_ON_HOLD, BILL_CHANGED (409), and as {@link approve}
   */
  async approveShown(
    tx: Tx,
    actor: AuditActor,
    billId: string,
    shownMinor: string,
  ): Promise<ApprovalOutcome> {
    const bill = await this.lockApprovable(tx, billId);
    if (bill.state === 'on_hold') throw billHeld();
    if (bill.payableMinor !== shownMinor) throw billChanged();
    return this.decide(tx, actor, bill);
  }

  private async decide(tx: Tx, actor: AuditActor, bill: BillRow): Promise<ApprovalOutcome> {
    const limit = await this.limit.in(tx, bill.currency);
    const prospect = approvalProspect(
      {
        payableMinor: BigInt(bill.payableMinor),
        limitMinor: limit?.minor ?? null,
        approvedOnceBy: bill.approvedOnceBy,
      },
      actor.userId,
    );
    if (prospect === 'same_operator') throw billNeedsOtherOperator();
    await (prospect === 'paid' ? this.pay(tx, actor, bill) : this.noteFirst(tx, actor, bill));
    return prospect;
  }

  private async pay(tx: Tx, actor: AuditActor, bill: BillRow): Promise<void> {
    await tx.query(`UPDATE bills SET state = 'paid', processed_at = $2, processed_by = $3 WHERE id = $1`, [
      bill.id,
      this.clock.now(),
      actor.userId,
    ]);
    await this.auditLog.record(tx, actor, {
      action: 'bill.approve',
      subject: { type: 'bill', id: bill.id },
      partnerId: bill.partnerId,
      before: { state: bill.state },
      after: { state: 'paid' },
    });
    const amount = await this.payouts.credit(tx, bill);
    await this.eventLog.record(tx, actor, {
      partnerId: bill.partnerId,
      type: 'bill_approved',
      subjectId: bill.id,
      data: { amount: amount.toJSON() },
    });
  }

  private async noteFirst(tx: Tx, actor: AuditActor, bill: BillRow): Promise<void> {
    await tx.query('UPDATE bills SET approved_once_by = $2, approved_once_at = $3 WHERE id = $1', [
      bill.id,
      actor.userId,
      this.clock.now(),
    ]);
    await this.auditLog.record(tx, actor, {
      action: 'bill.approve_once',
      subject: { type: 'bill', id: bill.id },
      partnerId: bill.partnerId,
      before: { approvedOnceBy: null },
      after: {
        approvedOnceBy: actor.userId,
        payable: Money.of(BigInt(bill.payableMinor), bill.currency).toJSON(),
      },
    });
  }

  /** The bill, locked, if its state and the fraud signals about what it pays for allow its approval. */
  private async lockApprovable(tx: Tx, billId: string): Promise<BillRow> {
    const [bill] = await tx.query<BillRow[]>(
      `SELECT id, partner_id AS "partnerId", plan_id AS "planId", state, currency, last_day::text AS "lastDay",
              payable_minor AS "payableMinor", approved_once_by AS "approvedOnceBy"
         FROM bills WHERE id = $1 FOR UPDATE`,
      [billId],
    );
    if (!bill) throw notFound('bill');
    if (!findNextBillState(bill.state, 'approve')) throw billStateConflict('approve', bill.state);
    await this.reviewHolds.refuseUnderReview(tx, bill);
    return bill;
  }
}
