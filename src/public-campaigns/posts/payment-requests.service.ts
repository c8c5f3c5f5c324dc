import { Injectable } from '@nestjs/common';
import { EventLog, type PartnerActor } from '../../identity/index.js';
import { Clock, Money, notFound, type Tx } from '../../platform/index.js';
import { Ledger } from '../../wallet/index.js';
import { type PublicCampaign, lockCampaign } from '../campaigns/campaign-rows.js';
import { overAt } from '../domain/campaign-status.js';
import { notPayable } from '../public-campaigns.errors.js';
import { findPost, type Post, savePost } from './post-rows.js';

/** Creators request what approved posts have earned (E08). */
@Injectable()
export class PaymentRequests {
  constructor(
    private readonly ledger: Ledger,
    private readonly eventLog: EventLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Credits the post's reward to the creator's wallet, once; a second request changes nothing. Its figures are final then.
   * @throws DomainError NOT_FOUND; POST_NOT_APPROVED, CAMPAIGN_NOT_OVER, NOTHING_TO_PAY (409); WALLET_FROZEN (409)
   */
  async request(tx: Tx, actor: PartnerActor, postId: string): Promise<Post> {
    const { partnerId } = actor;
    const seen = await findPost(tx, postId);
    if (seen?.partnerId !== partnerId) throw notFound('post');
    const campaign = (await lockCampaign(tx, seen.campaignId, 'accrual'))!;
    const post = (await findPost(tx, postId))!;
    if (post.paidAt) return post;
    const now = this.clock.now();
    this.assertPayable(campaign, post, now);
    const amount = Money.of(post.accruedMinor, campaign.currency);
    await this.ledger.credit(tx, {
      ownerId: partnerId,
      amount,
      kind: 'campaign_reward',
      reference: post.id,
      memo: campaign.title,
    });
    const paid = { ...post, paidAt: now };
    await savePost(tx, paid);
    await this.eventLog.record(tx, actor, {
      partnerId,
      type: 'post_paid',
      subjectId: post.id,
      data: { campaign: campaign.title, amount: amount.toJSON() },
    });
    return paid;
  }

  private assertPayable(campaign: PublicCampaign, post: Post, now: Date): void {
    if (post.state !== 'approved') throw notPayable('POST_NOT_APPROVED', post.reason);
    if (overAt(campaign) > now) throw notPayable('CAMPAIGN_NOT_OVER');
    if (post.accruedMinor === 0n) throw notPayable('NOTHING_TO_PAY');
  }
}
