import { Injectable } from '@nestjs/common';
import { Partners } from '../partner-management/index.js';
import { Clock, Outbox, type Tx } from '../platform/index.js';
import { Ledger } from '../wallet/index.js';
import { type Action, nextStep, type StepTimes, timeFault, timesOf } from './domain/publication-state.js';
import { type Mover, PublicationBook } from './publication-book.js';
import { PublicationNews } from './publication-news.service.js';
import { getPublication, type Publication, type Scope } from './publication-rows.js';
import { atWrongTime, publicationStateConflict } from './publications.errors.js';
import { PUBLICATION_CONFIRMED, type PublicationConfirmed } from './publications.events.js';

/** Moves publications from step to step by the one table of moves (T05), and pays for what is confirmed (T06). */
@Injectable()
export class PublicationMoves {
  constructor(
    private readonly book: PublicationBook,
    private readonly news: PublicationNews,
    private readonly partners: Partners,
    private readonly ledger: Ledger,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * Does what the action does, once: of several at the same time one moves the publication, and the others are refused.
   * A move to `confirmed` credits the reward in the same transaction.
   * @param reason why it is declined or rejected, for the creator
   * @throws DomainError NOT_FOUND, also for another's; PUBLICATION_STATE_CONFLICT, DEADLINE_PASSED, REVIEW_PERIOD_OVER,
   *   PARTNER_STATE_CONFLICT and WALLET_FROZEN for what would pay (409)
   */
  async move(
    tx: Tx,
    mover: Mover,
    id: string,
    action: Action,
    reason: string | null = null,
  ): Promise<Publication> {
    const before = await getPublication(tx, scopeOf(mover), id);
    const to = nextStep(action, mover.side, before);
    if (to === null) throw publicationStateConflict(before.step);
    const now = this.clock.now();
    const fault = timeFault(action, await this.timesThatCount(tx, before), now);
    if (fault) throw atWrongTime(fault);
    if (to === 'confirmed') await this.partners.assertActive(tx, before.partnerId, 'paid for publications');
    const after: Publication = {
      ...before,
      step: to,
      stepAt: now,
      ...timesOf(to, before, now),
      declines: before.declines + (action === 'decline_content' ? 1 : 0),
      rejectionReason: to === 'rejected' ? reason : null,
    };
    if (!(await this.write(tx, before, after))) {
      throw publicationStateConflict((await getPublication(tx, {}, id)).step);
    }
    const { partnerId } = before;
    await this.book.record(tx, mover, {
      publicationId: id,
      partnerId,
      action,
      from: before.step,
      to,
      reason,
    });
    if (to === 'confirmed') await this.pay(tx, after);
    await this.news.tell(tx, mover, action, { before, after, reason });
    return after;
  }

  /** Time confirms nothing while its creator cannot be paid, so that the brand may reject it until then. */
  private async timesThatCount(tx: Tx, publication: Publication): Promise<StepTimes> {
    const { deadlineAt, confirmAt, partnerId } = publication;
    if (confirmAt === null || (await this.partners.isActive(tx, partnerId))) return publication;
    return { deadlineAt, confirmAt: null };
  }

  /** Content comes and goes by the same step, so the declines are compared as well. @returns whether nobody was faster */
  private async write(tx: Tx, before: Publication, after: Publication): Promise<boolean> {
    const { step, stepAt, deadlineAt, confirmAt, declines, rejectionReason } = after;
    const [, count] = await tx.query<[unknown[], number]>(
      `UPDATE publications
          SET step = $4, step_at = $5, deadline_at = $6, confirm_at = $7, declines = $8, rejection_reason = $9
        WHERE id = $1 AND step = $2 AND declines = $3`,
      [
        before.id,
        before.step,
        before.declines,
        step,
        stepAt,
        deadlineAt,
        confirmAt,
        declines,
        rejectionReason,
      ],
    );
    return count > 0;
  }

  private async pay(
    tx: Tx,
    { id, partnerId, reward, currency, stepAt, offerTitle }: Publication,
  ): Promise<void> {
    if (reward !== null) {
      await this.ledger.credit(tx, {
        ownerId: partnerId,
        amount: reward,
        kind: 'publication_reward',
        reference: id,
        memo: offerTitle,
      });
    }
    const event: PublicationConfirmed = {
      publicationId: id,
      partnerId,
      amountMinor: (reward?.minor ?? 0n).toString(),
      currency,
      at: stepAt.toISOString(),
    };
    await this.outbox.publish(tx, PUBLICATION_CONFIRMED, event);
  }
}

function scopeOf({ side, actor }: Mover): Scope {
  if (side === 'partner') return { partnerId: actor.partnerId };
  return side === 'brand' ? { brandId: actor.brandId } : {};
}
