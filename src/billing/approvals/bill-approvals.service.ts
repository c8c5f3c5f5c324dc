import { Injectable } from '@nestjs/common';
import { type AuditActor, AuditLog, EventLog } from '../../identity/index.js';
import { Clock, DomainError, Money, notFound, type Tx } from '../../platform/index.js';
import { ApprovalLimit } from '../../wallet/index.js';
import { BillObstacles } from '../bill-obstacles.service.js';
import { BillPayouts, type CoinPayout } from '../bill-payouts.service.js';
import { billChanged, billHeld, billNeedsOtherOperator, billStateConflict } from '../billing.errors.js';
import { approvalProspect } from '../domain/approval-prospect.js';
import { type BillState, findNextBillState } from '../domain/bill-state.js';

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
    private readonly obstacles: BillObstacles,
    private readonly auditLog: AuditLog,
    private readonly eventLog: EventLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Approves a bill: it is paid, and its payable amount, or what that comes to in the plan's coin, is in the partner's
   * available balance, once (rules 3.6, 3.7). Above the limit the first approval is only written down.
   * @returns what came of it
   * @throws DomainError NOT_FOUND, BILL_STATE_CONFLICT, BILL_UNDER_REVIEW, BILL_NEEDS_OTHER_OPERATOR (409),
   *   NO_PAYOUT_RATE (422), WALLET_FROZEN, PARTNER_ERASED (409)
   */
  async approve(tx: Tx, actor: AuditActor, billId: string): Promise<ApprovalOutcome> {
    const outcome = (await this.settle(tx, actor, await lockBills(tx, [billId]))).get(billId);
    if (!outcome) throw notFound('bill');
    if (outcome instanceof DomainError) throw outcome;
    return outcome;
  }

  /**
   * Approves bills as {@link approve} does, by a few statements for all, but only those that are not on hold and still
   * pay what was shown. Those that are refused stay as they are.
   * @param shown payable amounts that were shown, decimal text, by bill
   * @returns what came of each: beside the refusals of `approve`, BILL_ON_HOLD and BILL_CHANGED (409)
   * @throws DomainError WALLET_FROZEN (409) when that refuses one of them: then none is approved
   */
  async approveShown(
    tx: Tx,
    actor: AuditActor,
    shown: ReadonlyMap<string, string>,
  ): Promise<Map<string, ApprovalOutcome | DomainError>> {
    const bills = await lockBills(tx, [...shown.keys()]);
    return this.settle(tx, actor, bills, (bill) => {
      if (bill.state === 'on_hold') return billHeld();
      return bill.payableMinor === shown.get(bill.id) ? null : billChanged();
    });
  }

  /** Decides on each bill, which the caller has locked, and then writes down what came of all. */
  private async settle(
    tx: Tx,
    actor: AuditActor,
    bills: readonly BillRow[],
    objection: (bill: BillRow) => DomainError | null = () => null,
  ): Promise<Map<string, ApprovalOutcome | DomainError>> {
    const obstacles = await this.obstacles.of(tx, bills);
    const open = bills.filter(({ state }) => findNextBillState(state, 'approve'));
    const payouts = await this.payouts.settle(tx, open);
    const limits = await this.limitsOf(tx, bills, actor.userId);
    const outcomes = new Map<string, ApprovalOutcome | DomainError>();
    for (const bill of bills) {
      const refusal = findNextBillState(bill.state, 'approve')
        ? (obstacles.get(bill.id) ?? objection(bill))
        : billStateConflict('approve', bill.state);
      outcomes.set(bill.id, refusal ?? decide(bill, limits.get(bill.currency)!, payouts.get(bill.id), actor));
    }
    const ofOutcome = (wanted: ApprovalOutcome) => bills.filter(({ id }) => outcomes.get(id) === wanted);
    const refused = await this.pay(tx, actor, ofOutcome('paid'), payouts);
    await this.noteFirst(tx, actor, ofOutcome('approved_once'));
    return new Map([...outcomes, ...refused]);
  }

  private async limitsOf(
    tx: Tx,
    bills: readonly BillRow[],
    operatorId: string,
  ): Promise<Map<string, Money | null>> {
    const limits = new Map<string, Money | null>();
    for (const currency of new Set(bills.map((bill) => bill.currency))) {
      limits.set(currency, await this.limit.in(tx, currency, operatorId));
    }
    return limits;
  }

  /** Pays the bills; gives the refusals of those whose amount in coin is not known. */
  private async pay(
    tx: Tx,
    actor: AuditActor,
    bills: readonly BillRow[],
    payouts: ReadonlyMap<string, CoinPayout>,
  ): Promise<Map<string, DomainError>> {
    const credited = await this.payouts.creditAll(tx, bills, payouts);
    const refused = new Map<string, DomainError>();
    for (const [id, amount] of credited) if (amount instanceof DomainError) refused.set(id, amount);
    const paid = bills.filter(({ id }) => !refused.has(id));
    if (paid.length === 0) return refused;
    await tx.query(
      `UPDATE bills SET state = 'paid', processed_at = $2, processed_by = $3 WHERE id = ANY ($1)`,
      [paid.map(({ id }) => id), this.clock.now(), actor.userId],
    );
    await this.auditLog.recordAll(
      tx,
      actor,
      paid.map(({ id, partnerId, state }) => ({
        action: 'bill.approve',
        subject: { type: 'bill', id },
        partnerId,
        before: { state },
        after: { state: 'paid' },
      })),
    );
    await this.eventLog.recordAll(
      tx,
      actor,
      paid.map(({ id, partnerId }) => ({
        partnerId,
        type: 'bill_approved' as const,
        subjectId: id,
        data: { amount: (credited.get(id) as Money).toJSON() },
      })),
    );
    return refused;
  }

  private async noteFirst(tx: Tx, actor: AuditActor, bills: readonly BillRow[]): Promise<void> {
    if (bills.length === 0) return;
    await tx.query('UPDATE bills SET approved_once_by = $2, approved_once_at = $3 WHERE id = ANY ($1)', [
      bills.map(({ id }) => id),
      actor.userId,
      this.clock.now(),
    ]);
    await this.auditLog.recordAll(
      tx,
      actor,
      bills.map(({ id, partnerId, payableMinor, currency }) => ({
        action: 'bill.approve_once',
        subject: { type: 'bill', id },
        partnerId,
        before: { approvedOnceBy: null },
        after: {
          approvedOnceBy: actor.userId,
          payable: Money.of(BigInt(payableMinor), currency).toJSON(),
        },
      })),
    );
  }
}

/** What comes of the operator's approval by the rule of two operators. */
function decide(
  { payableMinor, approvedOnceBy }: BillRow,
  limit: Money | null,
  payout: CoinPayout | undefined,
  actor: AuditActor,
): ApprovalOutcome | DomainError {
  const isAtOwnRate = payout?.ratesBy.includes(actor.userId) ?? false;
  const prospect = approvalProspect(
    { payableMinor: BigInt(payableMinor), limitMinor: limit?.minor ?? null, approvedOnceBy, isAtOwnRate },
    actor.userId,
  );
  return prospect === 'same_operator' ? billNeedsOtherOperator() : prospect;
}

/** The bills, locked in the order of their ids; those that do not exist are left out. */
function lockBills(tx: Tx, billIds: readonly string[]): Promise<BillRow[]> {
  return tx.query<BillRow[]>(
    `SELECT id, partner_id AS "partnerId", plan_id AS "planId", state, currency, last_day::text AS "lastDay",
            payable_minor AS "payableMinor", approved_once_by AS "approvedOnceBy"
       FROM bills WHERE id = ANY ($1) ORDER BY id FOR UPDATE`,
    [billIds],
  );
}
