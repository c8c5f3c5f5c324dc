import { Injectable } from '@nestjs/common';
import type { Actor } from '../identity/index.js';
import { Clock, DomainError, invalidField, Outbox, type Tx } from '../platform/index.js';
import { Ledger } from '../wallet/index.js';
import { PublicationBook } from './publication-book.js';
import { PublicationNews } from './publication-news.service.js';
import { getPublication, type Publication } from './publication-rows.js';
import { alreadyReversed, publicationStateConflict } from './publications.errors.js';
import { PUBLICATION_REVERSED, type PublicationReversed } from './publications.events.js';

/** Takes rewards back for work that proves false (T06). */
@Injectable()
export class Reversals {
  constructor(
    private readonly ledger: Ledger,
    private readonly book: PublicationBook,
    private readonly news: PublicationNews,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * Reverses a confirmed publication, once: what it paid is taken off the creator's available balance.
   * @param overdraw confirms that the balance may go below zero
   * @throws DomainError NOT_FOUND, PUBLICATION_STATE_CONFLICT, PUBLICATION_REVERSED, WALLET_FROZEN (409),
   *   WOULD_OVERDRAW (422)
   */
  async reverse(
    tx: Tx,
    actor: Actor,
    id: string,
    { comment, overdraw }: { comment: string; overdraw: boolean },
  ): Promise<Publication> {
    const before = await getPublication(tx, {}, id, 'FOR NO KEY UPDATE OF p');
    if (before.step !== 'confirmed') throw publicationStateConflict(before.step);
    if (before.reversedAt !== null) throw alreadyReversed();
    const after: Publication = { ...before, reversedAt: this.clock.now(), reversalReason: comment };
    await tx.query('UPDATE publications SET reversed_at = $2, reversal_reason = $3 WHERE id = $1', [
      id,
      after.reversedAt,
      comment,
    ]);
    if (before.reward !== null) await this.takeBack(tx, id, comment, overdraw);
    const mover = { side: 'operator', actor } as const;
    const { partnerId, step } = after;
    await this.book.record(tx, mover, {
      publicationId: id,
      partnerId,
      action: 'reverse',
      from: step,
      to: step,
      reason: comment,
    });
    await this.news.tellReversed(tx, mover, after);
    const event: PublicationReversed = { publicationId: id, partnerId, at: after.reversedAt!.toISOString() };
    await this.outbox.publish(tx, PUBLICATION_REVERSED, event);
    return after;
  }

  private async takeBack(tx: Tx, id: string, memo: string, mayOverdraw: boolean): Promise<void> {
    try {
      await this.ledger.reverse(tx, {
        kind: 'publication_reward_reversal',
        reference: id,
        memo,
        mayOverdraw,
        reverses: { kind: 'publication_reward', reference: id },
      });
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'INSUFFICIENT_FUNDS') throw error;
      const message = 'the available balance would go below zero; send overdraw: true if it shall';
      throw invalidField('overdraw', message, 'WOULD_OVERDRAW');
    }
  }
}
