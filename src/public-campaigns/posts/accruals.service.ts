import { Injectable } from '@nestjs/common';
import { Clock, LostRace, sqlState, type Tx } from '../../platform/index.js';
import { noteWaitingShares, type PublicCampaign } from '../campaigns/campaign-rows.js';
import { sharesOut } from '../domain/campaign-status.js';
import { countedUnits } from '../domain/figures.js';
import { counts, nextPostState } from '../domain/post-state.js';
import {
  accrualChange,
  type Claim,
  larger,
  postReward,
  type Share,
  shareOut,
  smaller,
} from '../domain/reward.js';
import { accruedElsewhere, type Post, postsInLine, savePost } from './post-rows.js';

const UNIQUE_VIOLATION = '23505';

/**
 * Accrues what posts earn to their campaigns' consumption (rule 7.5). Whoever calls has locked the campaign for accrual,
 * so that the budget left is what it is until the transaction ends; the database checks both again.
 */
@Injectable()
export class Accruals {
  constructor(private readonly clock: Clock) {}

  /**
   * Writes a post whose state or metrics are new, with the reward that follows from them and what of it is accrued:
   * nothing when it does not count, and no more than before while the campaign is paused. What was told stays earned,
   * whatever the metrics say. Gives the post as written.
   * @param campaign as it was read after it was locked
   */
  async save(tx: Tx, campaign: PublicCampaign, post: Post): Promise<Post> {
    const rewardMinor = larger(postReward(campaign, countedUnits(post)), heldBy(post));
    const change = accrualChange({
      reward: counts(post.state) ? rewardMinor : 0n,
      accrued: post.accruedMinor,
      creatorCap: campaign.creatorCapMinor,
      accruedElsewhere: campaign.creatorCapMinor === null ? 0n : await accruedElsewhere(tx, post),
      budgetLeft: campaign.budgetMinor - campaign.consumedMinor,
    });
    const allowed = sharesOut(campaign, this.clock.now()) ? change : smaller(change, 0n);
    const after = withAccrued({ ...post, rewardMinor }, post.accruedMinor + allowed);
    await write(tx, after);
    return after;
  }

  /**
   * Shares the campaign's budget out anew among its posts, for when some of it or of a cap was freed, a brand has
   * decided, or the campaign is over: whoever posted first comes first, and what a brand overlooks comes last. A post that
   * was over budget counts when there is some left at its turn. What was paid or told is not lowered. Again changes
   * nothing. While the campaign is paused this waits, until it is resumed or over.
   * @param campaign as it is now, but for what is consumed
   */
  async share(tx: Tx, campaign: PublicCampaign): Promise<void> {
    const shares = sharesOut(campaign, this.clock.now());
    await noteWaitingShares(tx, campaign.id, !shares);
    if (shares) await this.shareNow(tx, campaign);
  }

  private async shareNow(tx: Tx, campaign: PublicCampaign): Promise<void> {
    const posts = await postsInLine(tx, campaign.id);
    const shares = shareOut(posts.map(claimOf), campaign);
    const changed = posts.flatMap((before, index) => {
      const after = withShare(before, shares[index]!);
      const change = after.accruedMinor - before.accruedMinor;
      return change !== 0n || after.state !== before.state ? [{ after, lowered: change < 0n }] : [];
    });
    // Lowered first: the budget holds after every row.
    changed.sort((one, other) => Number(other.lowered) - Number(one.lowered));
    for (const { after } of changed) await write(tx, after);
  }
}

function claimOf(post: Post): Claim {
  const { partnerId, rewardMinor, accruedMinor, paidAt } = post;
  return { creatorId: partnerId, most: paidAt ? accruedMinor : rewardMinor, held: heldBy(post) };
}

/** What the post has for good: what was paid, or told to its creator. */
function heldBy({ accruedMinor, paidAt, announcedAt }: Post): bigint {
  return paidAt || announcedAt ? accruedMinor : 0n;
}

/** Who was told of nothing hears again when there is something. */
function withAccrued(post: Post, accruedMinor: bigint): Post {
  const announcedAt = post.accruedMinor === 0n && accruedMinor > 0n ? null : post.announcedAt;
  return { ...post, accruedMinor, announcedAt };
}

function withShare(post: Post, { accrued, reached }: Share): Post {
  const after = withAccrued(post, accrued);
  if (counts(post.state) || !reached) return after;
  return { ...after, fault: null, state: nextPostState(post.state, 'pass', { fault: null, over: false })! };
}

async function write(tx: Tx, post: Post): Promise<void> {
  await savePost(tx, post).catch((error: unknown) => {
    // The same address began to count in another campaign at this moment: looked at again, this one is a duplicate.
    if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
    throw new LostRace('POST_COUNTS_ELSEWHERE', 'This post is counted by another campaign at this moment.');
  });
}
