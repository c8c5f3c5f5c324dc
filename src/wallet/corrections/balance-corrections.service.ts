import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog } from '../../identity/index.js';
import { Clock, Ids, Money, type Tx } from '../../platform/index.js';
import { ApprovalLimit } from '../approval-limit.service.js';
import { correctionDecided, correctionNeedsOtherOperator } from '../wallet.errors.js';
import { type BalanceCorrection, CorrectionBook } from './correction-book.js';
import { CorrectionPosting } from './correction-posting.service.js';

/** A correction as an operator enters it. */
export interface NewCorrection {
  ownerId: string;
  type: 'add' | 'subtract';
  currency: string;
  /** Decimal string in major units, above zero. */
  amount: string;
  /** Shown to the owner. */
  comment: string;
  /** Confirms that the available balance may go below zero. */
  overdraw: boolean;
}

/** Operators correct balances: alone up to the limit, by two above it (rule 4.5). */
@Injectable()
export class BalanceCorrections {
  constructor(
    private readonly book: CorrectionBook,
    private readonly posting: CorrectionPosting,
    private readonly limit: ApprovalLimit,
    private readonly auditLog: AuditLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Corrects a balance, or writes the correction down for a second operator where it is above the limit.
   * @throws DomainError INVALID_AMOUNT, INVALID_CURRENCY, WOULD_OVERDRAW (422), WALLET_FROZEN (409)
   */
  async enter(tx: Tx, actor: Actor, correction: NewCorrection): Promise<BalanceCorrection> {
    const entered = Money.parse(correction.amount, correction.currency);
    const limit = await this.limit.in(tx, entered.currency, actor.userId);
    const byTwo = limit !== null && entered.compare(limit) > 0;
    const id = this.ids.next();
    await this.book.add(tx, {
      id,
      ownerId: correction.ownerId,
      amount: correction.type === 'add' ? entered : entered.negate(),
      comment: correction.comment,
      mayOverdraw: correction.overdraw,
      state: byTwo ? 'pending' : 'posted',
      requestedBy: actor.userId,
      createdAt: this.clock.now(),
    });
    const written = await this.book.get(tx, id);
    if (!byTwo) await this.posting.post(tx, actor, written);
    await this.audit(tx, actor, written, byTwo ? 'request' : 'post');
    return written;
  }

  /**
   * Posts a correction that waits for a second operator.
   * @throws DomainError NOT_FOUND, CORRECTION_DECIDED, CORRECTION_NEEDS_OTHER_OPERATOR, WALLET_FROZEN,
   *   PARTNER_ERASED (409), WOULD_OVERDRAW (422)
   */
  async approve(tx: Tx, actor: Actor, id: string): Promise<BalanceCorrection> {
    await this.decide(tx, actor, id, { state: 'posted', comment: null });
    const correction = await this.book.get(tx, id);
    await this.posting.post(tx, actor, correction);
    await this.audit(tx, actor, correction, 'approve');
    return correction;
  }

  /**
   * Refuses a correction that waits for a second operator; nothing moves.
   * @throws DomainError NOT_FOUND, CORRECTION_DECIDED, CORRECTION_NEEDS_OTHER_OPERATOR (409)
   */
  async reject(tx: Tx, actor: Actor, id: string, comment: string): Promise<BalanceCorrection> {
    await this.decide(tx, actor, id, { state: 'rejected', comment });
    const correction = await this.book.get(tx, id);
    await this.audit(tx, actor, correction, 'reject');
    return correction;
  }

  private async decide(
    tx: Tx,
    actor: Actor,
    id: string,
    decision: { state: 'posted' | 'rejected'; comment: string | null },
  ): Promise<void> {
    const { state, requestedBy } = await this.book.lock(tx, id);
    if (state !== 'pending') throw correctionDecided(state);
    if (requestedBy === actor.userId) throw correctionNeedsOtherOperator();
    await this.book.decide(tx, id, { ...decision, by: actor.userId, at: this.clock.now() });
  }

  private async audit(tx: Tx, actor: Actor, correction: BalanceCorrection, action: string): Promise<void> {
    const { id, ownerId, state, amount, comment, mayOverdraw, decisionComment } = correction;
    const decided = action === 'approve' || action === 'reject';
    await this.auditLog.record(tx, actor, {
      action: `balance_correction.${action}`,
      subject: { type: 'balance_correction', id },
      partnerId: ownerId,
      before: decided ? { state: 'pending' } : null,
      after: { state, amount: amount.toJSON(), comment, mayOverdraw, decisionComment },
    });
  }
}
