import { Injectable } from '@nestjs/common';
import { AuditLog, type BrandActor, EventLog } from '../../identity/index.js';
import { Clock, notFound, type Tx } from '../../platform/index.js';
import { findCampaign, lockCampaign, type PublicCampaign } from '../campaigns/campaign-rows.js';
import { overAt, reviewIsOver } from '../domain/campaign-status.js';
import { nextPostState } from '../domain/post-state.js';
import { postStateConflict, reviewPeriodOver } from '../public-campaigns.errors.js';
import { Accruals } from './accruals.service.js';
import { ApprovalNews } from './approval-news.service.js';
import { countsElsewhere, findPost, type Post } from './post-rows.js';

/** Brands decide on posts: on those that count until they approve themselves (E07, rule 7.6). */
@Injectable()
export class PostReviews {
  constructor(
    private readonly accruals: Accruals,
    private readonly news: ApprovalNews,
    private readonly eventLog: EventLog,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Approves a post; it becomes payable when the campaign is over, and then the creator is written to. What a brand
   * overlooks (a missing tag, the period) counts from then on, as far as the other posts leave budget;
   * while the campaign is paused, when it is resumed or over.
   * @throws DomainError NOT_FOUND, also for another brand's; POST_STATE_CONFLICT, REVIEW_PERIOD_OVER (409)
   */
  async approve(tx: Tx, actor: BrandActor, postId: string): Promise<Post> {
    const { campaign, post } = await lockOwn(tx, actor.brandId, postId);
    // What nobody has looked at may be anything: it is refused like a post that waits, taken back or not.
    if (!post.collectedAt) throw postStateConflict(post.state, post.fault);
    if (await countsElsewhere(tx, post)) throw postStateConflict(post.state, 'DUPLICATE');
    const approved = await this.decide(tx, actor, { campaign, post, reason: null });
    if (overAt(campaign) <= this.clock.now()) await this.news.announce(tx, campaign, [approved]);
    return approved;
  }

  /**
   * Does not approve a post, for a reason that its creator reads; what was accrued for it goes back to the budget, and
   * from there to posts that have earned more than they have; while the campaign is paused, when it is resumed or over.
   * @throws DomainError NOT_FOUND, also for another brand's; POST_STATE_CONFLICT, REVIEW_PERIOD_OVER (409)
   */
  async reject(tx: Tx, actor: BrandActor, postId: string, reason: string): Promise<Post> {
    const { campaign, post } = await lockOwn(tx, actor.brandId, postId);
    const rejected = await this.decide(tx, actor, { campaign, post, reason });
    await this.eventLog.record(tx, null, {
      partnerId: post.partnerId,
      type: 'post_rejected',
      subjectId: post.id,
      data: { campaign: campaign.title, reason },
    });
    return rejected;
  }

  private async decide(
    tx: Tx,
    actor: BrandActor,
    { campaign, post, reason }: { campaign: PublicCampaign; post: Post; reason: string | null },
  ): Promise<Post> {
    const now = this.clock.now();
    if (post.state === 'effective' && reviewIsOver(campaign, now)) throw reviewPeriodOver();
    const action = reason === null ? 'approve' : 'reject';
    const state = nextPostState(post.state, action, { fault: post.fault, over: overAt(campaign) <= now });
    if (!state || post.paidAt) throw postStateConflict(post.state, post.fault);
    const decided: Post = { ...post, state, reason, decidedAt: now, decidedBy: actor.userId };
    await this.accruals.save(tx, campaign, decided);
    await this.accruals.share(tx, campaign);
    const after = (await findPost(tx, post.id))!;
    await this.audit.record(tx, actor, {
      action: `campaign_post.${action}`,
      subject: { type: 'campaign_post', id: post.id },
      partnerId: post.partnerId,
      before: { state: post.state, reason: post.reason, accruedMinor: post.accruedMinor },
      after: { state, reason, accruedMinor: after.accruedMinor },
    });
    return after;
  }
}

/** The brand's post with its campaign, both as they are until the transaction ends. */
async function lockOwn(
  tx: Tx,
  brandId: string,
  postId: string,
): Promise<{ campaign: PublicCampaign; post: Post }> {
  const seen = await getPostOfBrand(tx, brandId, postId);
  const campaign = (await lockCampaign(tx, seen.campaignId, 'accrual'))!;
  return { campaign, post: (await findPost(tx, postId))! };
}

/** @throws DomainError NOT_FOUND, also for another brand's */
export async function getPostOfBrand(db: Tx, brandId: string, postId: string): Promise<Post> {
  const post = await findPost(db, postId);
  const campaign = post && (await findCampaign(db, post.campaignId));
  if (campaign?.brandId !== brandId) throw notFound('post');
  return post!;
}
