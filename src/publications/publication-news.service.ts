import { Injectable } from '@nestjs/common';
import { AuditLog, EventLog, PartnerMails } from '../identity/index.js';
import { Money, type Tx } from '../platform/index.js';
import { type Action, stateOf } from './domain/publication-state.js';
import type { Mover } from './publication-book.js';
import type { Publication } from './publication-rows.js';

/** What a move came to. */
interface Moved {
  before: Publication;
  after: Publication;
  reason: string | null;
}

/** What the brand is mailed when something waits for it. */
const FOR_THE_BRAND: Readonly<Partial<Record<Action | 'apply', string>>> = {
  apply: 'A creator wants to take part',
  submit_content: 'Content waits for your review',
  submit_evidence: 'A publication waits for your review',
};

/** Event types of the moves that need no more words. */
const EVENT_OF = {
  approve_platform: 'publication_platform_approved',
  submit_content: 'publication_content_submitted',
  approve_content: 'publication_content_approved',
  submit_evidence: 'publication_evidence_submitted',
  expire: 'publication_overdue',
} as const;

/** Tells of what happens to publications: the creator's event log (and so mails and webhooks), the brand, the audit log. */
@Injectable()
export class PublicationNews {
  constructor(
    private readonly eventLog: EventLog,
    private readonly auditLog: AuditLog,
    private readonly mails: PartnerMails,
  ) {}

  /** Tells of a move. */
  async tell(tx: Tx, mover: Mover, action: Action, { before, after, reason }: Moved): Promise<void> {
    await this.log(tx, mover, action, after, reason);
    await this.mailBrand(tx, action, after);
    if (mover.side !== 'brand') return;
    await this.auditLog.record(tx, mover.actor, {
      action: `publication.${action}`,
      subject: { type: 'publication', id: after.id },
      partnerId: after.partnerId,
      before: stateOf(before.step),
      after: { ...stateOf(after.step), ...(reason !== null && { reason }) },
    });
  }

  /** Tells that a creator takes part. */
  async tellStarted(tx: Tx, mover: Mover, publication: Publication): Promise<void> {
    const { id: subjectId, partnerId } = publication;
    const event = { partnerId, subjectId, type: 'publication_started', data: factsOf(publication) } as const;
    await this.eventLog.record(tx, mover.actor, event);
    if (publication.step === 'moderation') await this.mailBrand(tx, 'apply', publication);
  }

  /** Tells that a reward was taken back. */
  async tellReversed(tx: Tx, mover: Mover & { side: 'operator' }, publication: Publication): Promise<void> {
    const { id: subjectId, partnerId, reversalReason: reason } = publication;
    const data = { ...factsOf(publication), amount: amountOf(publication), reason };
    await this.eventLog.record(tx, mover.actor, { partnerId, subjectId, type: 'publication_reversed', data });
    await this.auditLog.record(tx, mover.actor, {
      action: 'publication.reverse',
      subject: { type: 'publication', id: subjectId },
      partnerId,
      before: { reversed: false },
      after: { reversed: true, reason, amount: amountOf(publication) },
    });
  }

  /** Mails a comment to the other side. */
  async tellComment(tx: Tx, { side }: Mover, publication: Publication, text: string): Promise<void> {
    const subject = `A comment on a publication for “${publication.offerTitle}”`;
    if (side === 'partner') await this.sendToBrand(tx, publication, subject, text);
    else await this.mails.send(tx, publication.partnerId, 'publications', { subject, text });
  }

  private async log(
    tx: Tx,
    { actor }: Mover,
    action: Action,
    publication: Publication,
    reason: string | null,
  ): Promise<void> {
    const { id: subjectId, partnerId, step } = publication;
    const about = { partnerId, subjectId };
    const facts = factsOf(publication);
    if (action === 'confirm' || action === 'confirm_unanswered') {
      const data = { ...facts, amount: amountOf(publication) };
      return this.eventLog.record(tx, actor, { ...about, type: 'publication_confirmed', data });
    }
    if (action === 'decline_content' || action === 'reject') {
      const type = step === 'rejected' ? 'publication_rejected' : 'publication_content_declined';
      return this.eventLog.record(tx, actor, { ...about, type, data: { ...facts, reason } });
    }
    return this.eventLog.record(tx, actor, { ...about, type: EVENT_OF[action], data: facts });
  }

  private async mailBrand(tx: Tx, action: Action | 'apply', publication: Publication): Promise<void> {
    const subject = FOR_THE_BRAND[action];
    if (subject === undefined) return;
    await this.sendToBrand(tx, publication, subject, `Offer: ${publication.offerTitle}.`);
  }

  private async sendToBrand(tx: Tx, { brandId }: Publication, subject: string, text: string): Promise<void> {
    const readers = { permission: 'brand:publications:decide', kind: 'publications' } as const;
    await this.mails.sendToBrand(tx, brandId, readers, { subject, text });
  }
}

function factsOf({ offerId, offerTitle }: Publication): { offerId: string; offer: string } {
  return { offerId, offer: offerTitle };
}

/** Zero where the offer pays for orders, or in goods. */
function amountOf({ reward, currency }: Publication): { amount: string; currency: string } {
  return (reward ?? Money.zero(currency)).toJSON();
}
