import { Injectable } from '@nestjs/common';
import type { BrandActor } from '../identity/index.js';
import type { Tx } from '../platform/index.js';
import type { Action } from './domain/publication-state.js';
import { PublicationMoves } from './publication-moves.service.js';
import type { Publication } from './publication-rows.js';
import { type SubmissionKind, Submissions } from './submissions.service.js';

/** What a brand decides. */
export type ReviewAction = Extract<
  Action,
  'approve_platform' | 'approve_content' | 'decline_content' | 'confirm' | 'reject'
>;

/** What the decision says of what was handed in. */
const DECIDES: Readonly<
  Partial<Record<ReviewAction, { kind: SubmissionKind; decision: 'approved' | 'declined' }>>
> = {
  approve_content: { kind: 'content', decision: 'approved' },
  decline_content: { kind: 'content', decision: 'declined' },
  confirm: { kind: 'evidence', decision: 'approved' },
  reject: { kind: 'evidence', decision: 'declined' },
};

/** Brands decide on platforms, content and publications (T05, T06). */
@Injectable()
export class Reviews {
  constructor(
    private readonly moves: PublicationMoves,
    private readonly submissions: Submissions,
  ) {}

  /**
   * Decides in the brand's name, once.
   * @param reason why it is declined or rejected, for the creator
   * @throws what {@link PublicationMoves.move} throws
   */
  async decide(
    tx: Tx,
    actor: BrandActor,
    publicationId: string,
    action: ReviewAction,
    reason: string | null = null,
  ): Promise<Publication> {
    const publication = await this.moves.move(tx, { side: 'brand', actor }, publicationId, action, reason);
    const decided = DECIDES[action];
    if (decided) {
      const { kind, decision } = decided;
      await this.submissions.decide(tx, publicationId, kind, { decision, reason });
    }
    return publication;
  }

  /** Confirms a publication that its brand has not decided on in time. @throws what {@link PublicationMoves.move} throws */
  async confirmUnanswered(tx: Tx, publicationId: string): Promise<void> {
    await this.moves.move(tx, { side: 'system', actor: null }, publicationId, 'confirm_unanswered');
    await this.submissions.decide(tx, publicationId, 'evidence', { decision: 'approved', reason: null });
  }
}
