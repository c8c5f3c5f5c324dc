import { Injectable } from '@nestjs/common';
import { Clock, Ids, Money, type Tx } from '../platform/index.js';
import { type Cashout, CashoutHistory } from './cashout-history.service.js';
import { CashoutNews, type DecidingActor } from './cashout-news.service.js';
import { ownerTransfer } from './domain/accounts.js';
import { CASHOUT_DECISIONS } from './domain/cashout-state.js';
import { Ledger } from './ledger.service.js';
import { refuseInPayoutBatch } from './payouts/live-batch.js';
import { cashoutStateConflict, refundTooLarge } from './wallet.errors.js';

/** Who decides. */
export interface DecidedBy {
  actor: DecidingActor;
  /** Whose cash-out it must be; absent for operators, who decide about all. */
  ownerId?: string;
  comment?: string;
}

/** Deciding about cash-outs (rule 4.3): each decision once, with its journal. */
@Injectable()
export class CashoutDecisions {
  constructor(
    private readonly ledger: Ledger,
    private readonly history: CashoutHistory,
    private readonly news: CashoutNews,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Cancels a pending cash-out: the amount is available again.
   * @throws DomainError NOT_FOUND, CASHOUT_STATE_CONFLICT, CASHOUT_IN_PAYOUT_BATCH (409)
   */
  async cancel(tx: Tx, id: string, by: DecidedBy): Promise<Cashout> {
    const cashout = await this.decide(tx, id, 'cancel', by);
    const reverses = { kind: 'cashout_request', reference: id } as const;
    await this.ledger.reverse(tx, { kind: 'cashout_cancel', reference: id, reverses });
    return cashout;
  }

  /**
   * Accepts a pending cash-out: the amount is paid.
   * @throws DomainError NOT_FOUND, CASHOUT_STATE_CONFLICT, CASHOUT_IN_PAYOUT_BATCH (409)
   */
  async accept(tx: Tx, id: string, by: DecidedBy): Promise<Cashout> {
    const cashout = await this.decide(tx, id, 'accept', by);
    const entries = ownerTransfer(cashout.ownerId, cashout.amount, 'processing', 'paid');
    await this.ledger.post(tx, { kind: 'cashout_accept', reference: id, entries });
    return cashout;
  }

  /**
   * Takes back a payment that did not arrive, or a part of it: that much is available again, and the original payment
   * is named. All parts together never exceed the payment.
   * @param amount decimal string in major units; what is left of the payment when absent
   * @throws DomainError NOT_FOUND, CASHOUT_STATE_CONFLICT (409), INVALID_AMOUNT, REFUND_TOO_LARGE (422)
   */
  async refund(tx: Tx, id: string, by: DecidedBy, amount?: string): Promise<Cashout> {
    await tx.query('SELECT FROM cashouts WHERE id = $1 FOR UPDATE', [id]);
    const before = await this.history.get(tx, id, by.ownerId);
    const left = before.amount.subtract(before.refunded);
    if (before.acceptedAt === null || left.isZero()) throw cashoutStateConflict('refund', before.state);
    const part = amount === undefined ? left : Money.parse(amount, left.currency);
    if (part.compare(left) > 0) throw refundTooLarge(left);
    const refundId = await this.writeRefund(tx, id, part, by);
    await this.ledger.post(tx, {
      kind: 'cashout_refund',
      reference: refundId,
      memo: `Refund of the payment ${id} accepted at ${before.acceptedAt.toISOString()}`,
      entries: ownerTransfer(before.ownerId, part, 'paid', 'available'),
    });
    const after = await this.history.get(tx, id);
    const made = { before, after, amount: part, comment: by.comment ?? null };
    await this.news.refunded(tx, made, by.actor);
    return after;
  }

  private async decide(tx: Tx, id: string, decision: 'cancel' | 'accept', by: DecidedBy): Promise<Cashout> {
    const { from, to } = CASHOUT_DECISIONS[decision];
    await refuseInPayoutBatch(tx, id, by.ownerId);
    const [, decided] = await tx.query<[unknown[], number]>(
      `UPDATE cashouts
          SET state = $3, comment = coalesce($4, comment), finished_at = $5, finished_by = $6,
              accepted_at = CASE WHEN $3 = 'success' THEN $5 ELSE accepted_at END
        WHERE id = $1 AND state = $2 AND ($7::uuid IS NULL OR owner_id = $7)`,
      [id, from, to, by.comment ?? null, this.clock.now(), by.actor.userId, by.ownerId ?? null],
    );
    const cashout = await this.history.get(tx, id, by.ownerId);
    if (decided === 0) throw cashoutStateConflict(decision, cashout.state);
    await this.news.decided(tx, cashout, decision, by.actor);
    return cashout;
  }

  private async writeRefund(
    tx: Tx,
    id: string,
    amount: Money,
    { actor, comment }: DecidedBy,
  ): Promise<string> {
    const refundId = this.ids.next();
    const now = this.clock.now();
    await tx.query(
      `INSERT INTO cashout_refunds (id, cashout_id, amount_minor, comment, created_by, created_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [refundId, id, amount.minor.toString(), comment ?? null, actor.userId, now],
    );
    await tx.query(
      `UPDATE cashouts
          SET state = 'refund', refunded_minor = refunded_minor + $2, comment = coalesce($3, comment),
              finished_at = $4, finished_by = $5
        WHERE id = $1`,
      [id, amount.minor.toString(), comment ?? null, now, actor.userId],
    );
    return refundId;
  }
}
