import { Injectable } from '@nestjs/common';
import { LostRace, sqlState, type Tx } from '../../platform/index.js';
import { type PublicCampaign } from '../campaigns/campaign-rows.js';
import { counts } from '../domain/post-state.js';
import { accrualChange, postReward } from '../domain/reward.js';
import { accruedElsewhere, type Post, savePost } from './post-rows.js';

const UNIQUE_VIOLATION = '23505';

/**
 * Accrues what posts earn to their campaigns' consumption (rule 7.5). Whoever calls has locked the campaign for accrual,
 * so that the budget left is what it is until the transaction ends; the database checks both again.
 */
@Injectable()
export class Accruals {
  /**
   * Writes a post whose state or metrics are new, with the reward that follows from them and what of it is accrued:
   * nothing when it does not count. Gives the post as written.
   * @param campaign as it was read after it was locked
   */
  async save(tx: Tx, campaign: PublicCampaign, post: Post): Promise<Post> {
    const rewardMinor = postReward(campaign, post.metrics);
    const change = accrualChange({
      reward: counts(post.state) ? rewardMinor : 0n,
      accrued: post.accruedMinor,
      creatorCap: campaign.creatorCapMinor,
      accruedElsewhere: campaign.creatorCapMinor === null ? 0n : await accruedElsewhere(tx, post),
      budgetLeft: campaign.budgetMinor - campaign.consumedMinor,
    });
    const after = { ...post, rewardMinor, accruedMinor: post.accruedMinor + change };
    await savePost(tx, after).catch((error: unknown) => {
      // The same address began to count in another campaign at this moment: looked at again, this one is a duplicate.
      if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
      throw new LostRace('POST_COUNTS_ELSEWHERE', 'This post is counted by another campaign at this moment.');
    });
    return after;
  }
}
