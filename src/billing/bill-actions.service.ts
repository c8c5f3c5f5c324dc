import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog, EventLog } from '../identity/index.js';
import { Clock, Ids, Money, notFound, type Tx } from '../platform/index.js';
import { Ledger } from '../wallet/index.js';
import type { CorrectionType } from './bill-correction.entity.js';
import { billStateConflict, correctionCurrency, payableBelowZero } from './billing.errors.js';
import { BillPayouts } from './bill-payouts.service.js';
import { type BillAction, type BillState, findNextBillState } from './domain/bill-state.js';

/** A correction as an operator enters it: the amount is positive. */
export interface NewCorrection {
  readonly type: CorrectionType;
  readonly amount: string;
  /** The currency that the operator named, or null for the bill's own. */
  readonly currency: string | null;
  readonly comment: string;
}

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
    private readonly ledger: Ledger,
    private readonly payouts: BillPayouts,
    private readonly auditLog: AuditLog,
    private readonly eventLog: EventLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Approves a bill: it is paid, and its payable amount, or what that comes to in the plan's coin, is in the partner's available balance,
   * once (rules 3.6, 3.7).
   * @throws DomainError NOT_FOUND, BILL_STATE_CONFLICT (409), NO_PAYOUT_RATE (422)
   */
  async approve(tx: Tx, actor: Actor, billId: string): Promise<void> {
    const bill = await this.move(tx, actor, billId, 'approve');
    const amount = await this.payouts.amountToCredit(tx, {
      id: bill.id,
      planId: bill.plan_id,
      currency: bill.currency,
      lastDay: bill.last_day,
      payableMinor: bill.payable_minor,
    });
    if (!amount.isZero()) {
      await this.ledger.credit(tx, { ownerId: bill.partner_id, amount, kind: 'bill', reference: bill.id });
    }
    await this.eventLog.record(tx, actor, {
      partnerId: bill.partner_id,
      type: 'bill_approved',
      subjectId: bill.id,
      data: { amount: amount.toJSON() },
    });
  }

  /** Puts a pending bill on hold. @throws DomainError NOT_FOUND, BILL_STATE_CONFLICT (409) */
  async hold(tx: Tx, actor: Actor, billId: string): Promise<void> {
    await this.move(tx, actor, billId, 'hold');
  }

  /** Takes a bill off hold. @throws DomainError NOT_FOUND, BILL_STATE_CONFLICT (409) */
  async release(tx: Tx, actor: Actor, billId: string): Promise<void> {
    await this.move(tx, actor, billId, 'release');
  }

  /**
   * Cancels a bill for good; the partner sees the reason. What it billed counts as settled.
   * @throws DomainError NOT_FOUND, BILL_STATE_CONFLICT (409)
   */
  async cancel(tx: Tx, actor: Actor, billId: string, reason: string): Promise<void> {
    await this.move(tx, actor, billId, 'cancel', reason);
  }

  /**
   * Adds to or takes off what the bill pays; `payable = issued + corrections`, never below zero (rule 3.6).
   * @throws DomainError NOT_FOUND, BILL_STATE_CONFLICT (409), INVALID_AMOUNT, CURRENCY_MISMATCH,
   *   PAYABLE_BELOW_ZERO (422)
   */
  async correct(tx: Tx, actor: Actor, billId: string, correction: NewCorrection): Promise<void> {
    const bill = await this.lock(tx, billId);
    if (!findNextBillState(bill.state, 'correct')) throw billStateConflict('correct', bill.state);
    if (correction.currency !== null && correction.currency !== bill.currency) {
      throw correctionCurrency(bill.currency);
    }
    const amount = Money.parse(correction.amount, bill.currency);
    const payable = Money.of(BigInt(bill.payable_minor), bill.currency);
    const corrected = correction.type === 'add' ? payable.add(amount) : payable.subtract(amount);
    if (corrected.isNegative()) throw payableBelowZero(payable.toString(), bill.currency);
    await tx.query(`UPDATE bills SET payable_minor = $2 WHERE id = $1`, [
      bill.id,
      corrected.minor.toString(),
    ]);
    await this.payouts.reprice(tx, bill.id, corrected);
    await tx.query(
      `INSERT INTO bill_corrections (id, bill_id, type, amount_minor, comment, created_by, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        this.ids.next(),
        bill.id,
        correction.type,
        amount.minor.toString(),
        correction.comment,
        actor.userId,
        this.clock.now(),
      ],
    );
    await this.auditLog.record(tx, actor, {
      action: 'bill.correct',
      subject: { type: 'bill', id: bill.id },
      partnerId: bill.partner_id,
      before: { payable: payable.toJSON() },
      after: { payable: corrected.toJSON(), type: correction.type, comment: correction.comment },
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

  private async lock(tx: Tx, billId: string): Promise<BillRow> {
    const [bill] = await tx.query<BillRow[]>(`SELECT ${BILL_COLUMNS} FROM bills WHERE id = $1 FOR UPDATE`, [
      billId,
    ]);
    if (!bill) throw notFound('bill');
    return bill;
  }
}
