import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog } from '../../identity/index.js';
import { Clock, type FieldError, Ids, invalidField, Jobs, type Tx } from '../../platform/index.js';
import type { PaymentMethodTypeCode } from '../domain/payment-method-types.js';
import { lineStatesAllowing } from '../domain/payout-line-state.js';
import { lockBatch, nextBatchState, refuseUnpayable } from './payout-batch.js';
import {
  findCandidates,
  lockCandidates,
  MOST_LINES,
  PAYABLE,
  type PayoutFilter,
  sumOf,
} from './payout-candidates.js';
import { PayoutProvider } from './payout-provider.js';
import {
  cashoutInPayoutBatch,
  cashoutsNotPayable,
  nothingToPay,
  payoutCandidatesChanged,
  payoutNeedsOtherOperator,
  payoutsNotConfigured,
  payoutWayUnknown,
  tooManyToPay,
} from './payouts.errors.js';

/** Wakes a worker for batches that a provider is to be asked about. */
export const PAYOUT_DELIVERY_JOB = 'wallet.payout-delivery';

/** What to pay: cash-outs by their ids, or exactly those that a filter was shown to find. */
export type PayoutSelection =
  | { paymentMethodType: PaymentMethodTypeCode; currency: string; cashoutIds: readonly string[] }
  | { filter: PayoutFilter; fingerprint: string };

interface GivenRow {
  id: string;
  type: string;
  currency: string;
  payable: boolean;
  batchId: string | null;
}

/** Making, approving and cancelling payout batches (B09, rule 4.6): two people before money leaves. */
@Injectable()
export class PayoutBatches {
  constructor(
    private readonly auditLog: AuditLog,
    private readonly provider: PayoutProvider,
    private readonly jobs: Jobs,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Groups open cash-outs of one payment method type and currency; from now on they are the batch's.
   * @param executionDate YYYY-MM-DD; the UTC day of today when left out
   * @returns the batch's id
   * @throws DomainError CASHOUTS_NOT_PAYABLE, NOTHING_TO_PAY, TOO_MANY_TO_PAY (422), PAYOUT_CANDIDATES_CHANGED,
   *   CASHOUT_IN_PAYOUT_BATCH (409)
   */
  async create(tx: Tx, actor: Actor, selection: PayoutSelection, executionDate?: string): Promise<string> {
    const { paymentMethodType, currency } = 'filter' in selection ? selection.filter : selection;
    const now = this.clock.now();
    const today = now.toISOString().slice(0, 10);
    if (executionDate !== undefined && executionDate < today) {
      throw invalidField('executionDate', `must not be before ${today}, the UTC day of today`);
    }
    const cashoutIds = await this.select(tx, selection);
    const id = this.ids.next();
    await tx.query(
      `INSERT INTO payout_batches (id, type_code, currency, state, execution_date, created_by, created_at)
       VALUES ($1, $2, $3, 'draft', $4, $5, $6)`,
      [id, paymentMethodType, currency, executionDate ?? today, actor.userId, now],
    );
    await this.addLines(tx, id, cashoutIds);
    const { total } = await sumOf(tx, cashoutIds, currency);
    await this.auditLog.record(tx, actor, {
      action: 'payout_batch.create',
      subject: { type: 'payout_batch', id },
      before: null,
      after: { state: 'draft', paymentMethodType, cashouts: cashoutIds.length, total: total.toJSON() },
    });
    return id;
  }

  /**
   * Approves a batch that somebody else made.
   * @throws DomainError NOT_FOUND, PAYOUT_BATCH_STATE_CONFLICT, PAYOUT_NEEDS_OTHER_OPERATOR, WALLET_FROZEN (409),
   *   PAYOUT_LINES_NOT_WRITABLE (422)
   */
  async approve(tx: Tx, actor: Actor, id: string): Promise<void> {
    const batch = await lockBatch(tx, id);
    const next = nextBatchState(batch, 'approve');
    if (batch.createdBy === actor.userId) throw payoutNeedsOtherOperator();
    await refuseUnpayable(tx, id);
    await tx.query('UPDATE payout_batches SET state = $2, approved_by = $3, approved_at = $4 WHERE id = $1', [
      id,
      next,
      actor.userId,
      this.clock.now(),
    ]);
    await this.auditLog.record(tx, actor, {
      action: 'payout_batch.approve',
      subject: { type: 'payout_batch', id },
      before: { state: batch.state },
      after: { state: next },
    });
  }

  /**
   * Cancels a batch of which nothing was sent: its cash-outs wait again.
   * @throws DomainError NOT_FOUND, PAYOUT_BATCH_STATE_CONFLICT (409)
   */
  async cancel(tx: Tx, actor: Actor, id: string): Promise<void> {
    const batch = await lockBatch(tx, id);
    const next = nextBatchState(batch, 'cancel');
    const now = this.clock.now();
    await tx.query('UPDATE payout_batches SET state = $2, ended_at = $3, ask_at = NULL WHERE id = $1', [
      id,
      next,
      now,
    ]);
    await tx.query(
      `UPDATE payout_lines SET state = 'cancelled', changed_at = $2 WHERE batch_id = $1 AND state = ANY ($3)`,
      [id, now, lineStatesAllowing('release')],
    );
    await this.auditLog.record(tx, actor, {
      action: 'payout_batch.cancel',
      subject: { type: 'payout_batch', id },
      before: { state: batch.state },
      after: { state: next },
    });
  }

  /**
   * Has the batch handed to the provider in the background.
   * @throws DomainError NOT_FOUND, PAYOUT_BATCH_STATE_CONFLICT, WALLET_FROZEN (409), PAYOUT_WAY_UNKNOWN,
   *   PAYOUTS_NOT_CONFIGURED, PAYOUT_LINES_NOT_WRITABLE (422)
   */
  async handOver(tx: Tx, actor: Actor, id: string): Promise<void> {
    const batch = await lockBatch(tx, id);
    const next = nextBatchState(batch, 'hand_over');
    if (batch.typeCode !== 'paypal') throw payoutWayUnknown('provider', batch.typeCode);
    if (!this.provider.configured) throw payoutsNotConfigured('PAYPAL_CLIENT_ID and PAYPAL_CLIENT_SECRET');
    await refuseUnpayable(tx, id);
    const now = this.clock.now();
    await tx.query(
      `UPDATE payout_batches SET state = $2, sent_by = $3, sent_at = $4, ask_at = $4, asked = 0, problem = NULL
        WHERE id = $1`,
      [id, next, actor.userId, now],
    );
    await this.auditLog.record(tx, actor, {
      action: 'payout_batch.hand_over',
      subject: { type: 'payout_batch', id },
      before: { state: batch.state },
      after: { state: next },
    });
    await this.jobs.send(tx, PAYOUT_DELIVERY_JOB, {});
  }

  /** The ids of what to pay, locked. */
  private async select(tx: Tx, selection: PayoutSelection): Promise<string[]> {
    if ('cashoutIds' in selection) return this.lockGiven(tx, selection);
    const ids = await lockCandidates(tx, selection.filter);
    if (ids.length === 0) throw nothingToPay();
    if (ids.length > MOST_LINES) throw tooManyToPay(MOST_LINES);
    const { fingerprint } = await findCandidates(tx, selection.filter);
    if (fingerprint !== selection.fingerprint) throw payoutCandidatesChanged();
    return ids;
  }

  private async lockGiven(
    tx: Tx,
    { paymentMethodType, currency, cashoutIds }: Exclude<PayoutSelection, { filter: PayoutFilter }>,
  ): Promise<string[]> {
    await tx.query('SELECT FROM cashouts WHERE id = ANY ($1) ORDER BY id FOR UPDATE', [cashoutIds]);
    // Looked at only under the lock: somebody may have decided or grouped meanwhile.
    const rows = await tx.query<GivenRow[]>(
      `SELECT c.id, m.type_code AS type, c.currency, ${PAYABLE} AS payable,
              (SELECT l.batch_id FROM payout_lines l WHERE l.cashout_id = c.id AND l.state <> 'cancelled') AS "batchId"
         FROM cashouts c JOIN payment_methods m ON m.id = c.payment_method_id WHERE c.id = ANY ($1)`,
      [cashoutIds],
    );
    const found = new Map(rows.map((row) => [row.id, row]));
    const faults = cashoutIds.flatMap((id, index): FieldError[] => {
      const row = found.get(id);
      const fault = faultOf(row, paymentMethodType, currency);
      return fault === null ? [] : [{ path: `cashoutIds.${index}`, message: fault }];
    });
    if (faults.length > 0) throw cashoutsNotPayable(faults);
    const grouped = rows.find(({ payable }) => !payable);
    if (grouped) throw cashoutInPayoutBatch(grouped.batchId!);
    return [...found.keys()].sort();
  }

  private async addLines(tx: Tx, batchId: string, cashoutIds: readonly string[]): Promise<void> {
    const added = await tx.query<unknown[]>(
      `INSERT INTO payout_lines (id, batch_id, cashout_id, state, changed_at)
       SELECT line_id, $1, cashout_id, 'pending', $4
         FROM unnest($2::uuid[], $3::uuid[]) AS line (line_id, cashout_id)
       ON CONFLICT (cashout_id) WHERE state <> 'cancelled' DO NOTHING RETURNING id`,
      [batchId, cashoutIds.map(() => this.ids.next()), cashoutIds, this.clock.now()],
    );
    // Another batch was faster between this statement's look and its locks.
    if (added.length < cashoutIds.length) throw payoutCandidatesChanged();
  }
}

function faultOf(row: GivenRow | undefined, type: string, currency: string): string | null {
  if (!row) return 'is no cash-out';
  if (row.type !== type) return `is paid by ${row.type}`;
  if (row.currency !== currency) return `is in ${row.currency}`;
  return row.payable || row.batchId ? null : 'is not pending, its wallet is frozen, or its account is erased';
}
