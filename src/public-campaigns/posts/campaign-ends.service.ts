import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock, type Tx } from '../../platform/index.js';
import { lockCampaign } from '../campaigns/campaign-rows.js';
import { approvedIfOverBefore, overAt, reviewIsOver } from '../domain/campaign-status.js';
import { nextPostState } from '../domain/post-state.js';
import { Accruals } from './accruals.service.js';
import { ApprovalNews } from './approval-news.service.js';
import { settlePosts, untoldPosts } from './post-rows.js';

const CAMPAIGNS_AT_ONCE = 100;
/** While they are written down nobody else decides on posts of the campaign: it is kept short. */
const POSTS_AT_ONCE = 500;

/** What the end of a campaign brings about (E07, rule 7.6). */
@Injectable()
export class CampaignEnds {
  constructor(
    private readonly accruals: Accruals,
    private readonly news: ApprovalNews,
    private readonly clock: Clock,
  ) {}

  /** Ids of campaigns that are over and have approvals to tell of, posts to approve or shares that wait: some at a time. */
  async findDue(db: EntityManager, now: Date): Promise<string[]> {
    const rows = await db.query<{ id: string }[]>(
      `SELECT c.id FROM public_campaigns c
        WHERE c.id IN (SELECT campaign_id FROM campaign_posts WHERE state = 'approved' AND announced_at IS NULL)
          AND least(c.ends_at, c.cancelled_at) <= $1
        UNION
       SELECT id FROM public_campaigns WHERE shares_wait AND least(ends_at, cancelled_at) <= $1
        UNION
       SELECT c.id FROM public_campaigns c
        WHERE c.id IN (SELECT campaign_id FROM campaign_posts WHERE state = 'effective')
          AND least(c.ends_at, c.cancelled_at) <= $2
        LIMIT ${CAMPAIGNS_AT_ONCE}`,
      [now, approvedIfOverBefore(now)],
    );
    return rows.map(({ id }) => id);
  }

  /**
   * Shares out what is left of the budget, approves some of what is due to approve itself, and tells of some approvals.
   * Again changes nothing.
   * @returns whether there may be more of it
   */
  async conclude(tx: Tx, campaignId: string): Promise<boolean> {
    const campaign = (await lockCampaign(tx, campaignId, 'accrual'))!;
    const now = this.clock.now();
    if (overAt(campaign) > now) return false;
    await this.accruals.share(tx, campaign);
    let settled = 0;
    if (reviewIsOver(campaign, now)) {
      const state = nextPostState('effective', 'settle', { fault: null, over: true })!;
      settled = await settlePosts(tx, campaignId, { state, now, limit: POSTS_AT_ONCE });
    }
    const untold = await untoldPosts(tx, campaignId, POSTS_AT_ONCE);
    await this.news.announce(tx, campaign, untold);
    return Math.max(settled, untold.length) === POSTS_AT_ONCE;
  }
}
