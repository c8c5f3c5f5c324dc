import { Injectable } from '@nestjs/common';
import type { Actor } from '../identity/index.js';
import { Clock, type Tx } from '../platform/index.js';
import { type Cashout, CashoutHistory } from './cashout-history.service.js';
import { CashoutNews } from './cashout-news.service.js';
import { ownerTransfer } from './domain/accounts.js';
import { CASHOUT_DECISIONS, type CashoutDecision } from './domain/cashout-state.js';
import { Ledger } from './ledger.service.js';
import { cashoutStateConflict } from './wallet.errors.js';

/** Who decides. */
export interface DecidedBy {
  actor: Actor;
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
    private readonly clock: Clock,
  ) {}

  /**
   * Cancels a pending cash-out: the amount is available again.
   * @throws DomainError NOT_FOUND, CASHOUT_STATE_CONFLICT (409)
   */
  async cancel(tx: Tx, id: string, by: DecidedBy): Promise<Cashout> {
    const cashout = await this.decide(tx, id, 'cancel', by);
    const reverses = { kind: 'cashout_request', reference: id } as const;
    await this.ledger.reverse(tx, { kind: 'cashout_cancel', reference: id, reverses });
    return cashout;
  }

  /**
   * Accepts a pending cash-out: the amount is paid.
   * @throws DomainError NOT_FOUND, CASHOUT_STATE_CONFLICT (409)
   */
  async accept(tx: Tx, id: string, by: DecidedBy): Promise<Cashout> {
    const cashout = await this.decide(tx, id, 'accept', by);
    const entries = ownerTransfer(cashout.ownerId, cashout.amount, 'processing', 'paid');
    await this.ledger.post(tx, { kind: 'cashout_accept', reference: id, entries });
    return cashout;
  }

  /**
   * Takes back a payment that did not arrive: the amount is available again, and the original payment is named.
   * @throws DomainError NOT_FOUND, CASHOUT_STATE_CONFLICT (409)
   */
  async refund(tx: Tx, id: string, by: DecidedBy): Promise<Cashout> {
    const cashout = await this.decide(tx, id, 'refund', by);
    const memo = `Refund of the payment ${id} accepted at ${cashout.acceptedAt!.toISOString()}`;
    const entries = ownerTransfer(cashout.ownerId, cashout.amount, 'paid', 'available');
    await this.ledger.post(tx, { kind: 'cashout_refund', reference: id, memo, entries });
    return cashout;
  }

  private async decide(tx: Tx, id: string, decision: CashoutDecision, by: DecidedBy): Promise<Cashout> {
    const { from, to } = CASHOUT_DECISIONS[decision];
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
}
