import { Injectable } from '@nestjs/common';
import { EventLog, PartnerMails } from '../../identity/index.js';
import { Clock, Money, type Tx } from '../../platform/index.js';
import type { PublicCampaign } from '../campaigns/campaign-rows.js';
import { markTold, type Post } from './post-rows.js';

/**
 * Tells creators that posts were approved, once each, when the campaign is over (E07); of one that nothing was accrued
 * for, again should that change.
 */
@Injectable()
export class ApprovalNews {
  constructor(
    private readonly mails: PartnerMails,
    private readonly eventLog: EventLog,
    private readonly clock: Clock,
  ) {}

  /** Tells of approved posts of a campaign that is over and locked: one mail to each partner, an event for each post. */
  async announce(tx: Tx, campaign: PublicCampaign, posts: readonly Post[]): Promise<void> {
    const untold = posts.filter(({ announcedAt }) => announcedAt === null);
    await markTold(
      tx,
      untold.map(({ id }) => id),
      this.clock.now(),
    );
    const amountOf = ({ accruedMinor }: Post) => Money.of(accruedMinor, campaign.currency);
    await this.eventLog.recordAll(
      tx,
      null,
      untold.map((post) => ({
        partnerId: post.partnerId,
        type: 'post_approved' as const,
        subjectId: post.id,
        data: { campaign: campaign.title, amount: amountOf(post).toJSON() },
      })),
    );
    const byPartner = Map.groupBy(untold, ({ partnerId }) => partnerId);
    const mails = [...byPartner].map(([partnerId, own]) => ({
      partnerId,
      subject: `Approved: your posts for "${campaign.title}"`,
      text: mailText(
        campaign.title,
        own.map((post) => ({ url: post.url, amount: amountOf(post) })),
      ),
    }));
    await this.mails.sendEach(tx, 'campaigns', mails);
  }
}

function mailText(title: string, posts: readonly { url: string; amount: Money }[]): string {
  const lines = posts.map(({ url, amount }) =>
    amount.isZero() ? `${url}: nothing to request` : `${url}: ${amount.toString()} ${amount.currency}`,
  );
  const toRequest = 'Request the payment of each at its page; the reward is then in your wallet.';
  const paragraphs = [
    `The campaign "${title}" is over, and these posts of yours were approved:`,
    lines.join('\n'),
    ...(posts.every(({ amount }) => amount.isZero()) ? [] : [toRequest]),
  ];
  return `${paragraphs.join('\n\n')}\n`;
}
