import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog, EventLog } from '../identity/index.js';
import { Clock, Ids, Money, notFound, type Tx } from '../platform/index.js';
import type { CorrectionType } from './bill-correction.entity.js';
import { BillPayouts } from './bill-payouts.service.js';
import { billStateConflict, correctionCurrency, payableBelowZero } from './billing.errors.js';
import { type BillState, findNextBillState } from './domain/bill-state.js';

/** A correction as an operator enters it: the amount is positive. */
interface NewCorrection {
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
  currency: string;
  payable_minor: string;
}

/** Operators' corrections of what a bill pays (rule 3.6). */
@Injectable()
export class BillCorrections {
  constructor(
    private readonly payouts: BillPayouts,
    private readonly auditLog: AuditLog,
    private readonly eventLog: EventLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Adds to or takes off what the bill pays; `payable = issued + corrections`, never below zero (rule 3.6). The first
   * of two approvals was of another amount: it is taken back.
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
    await tx.query(
      `UPDATE bills SET payable_minor = $2, approved_once_by = NULL, approved_once_at = NULL WHERE id = $1`,
      [bill.id, corrected.minor.toString()],
    );
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
    await this.eventLog.record(tx, actor, {
      partnerId: bill.partner_id,
      type: 'bill_corrected',
      subjectId: bill.id,
      data: { amount: corrected.toJSON(), comment: correction.comment },
    });
  }

  private async lock(tx: Tx, billId: string): Promise<BillRow> {
    const [bill] = await tx.query<BillRow[]>(
      `SELECT id, partner_id, state, currency, payable_minor FROM bills WHERE id = $1 FOR UPDATE`,
      [billId],
    );
    if (!bill) throw notFound('bill');
    return bill;
  }
}
