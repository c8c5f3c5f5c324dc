import { Injectable } from '@nestjs/common';
import { SuspensionBook } from '../../partner-management/index.js';
import { Clock, Ids, type Tx } from '../../platform/index.js';
import { lockCampaign, type PublicCampaign } from '../campaigns/campaign-rows.js';
import { closesAt, overAt } from '../domain/campaign-status.js';
import { suspendedBetween, withTold } from '../domain/figures.js';
import { postFault } from '../domain/post-check.js';
import { counts, nextPostState, type PostFault } from '../domain/post-state.js';
import { postOfUrl } from '../domain/post-url.js';
import { type Metric, METRICS, type Metrics } from '../domain/unit-price.js';
import { getParticipation, type Participation } from '../joining/participation-rows.js';
import { Accruals } from './accruals.service.js';
import { countsElsewhere, findPostAt, keepMetrics, type Post } from './post-rows.js';

/** A post as its platform shows it now; a metric that the platform does not tell is left out, which is not zero. */
export interface CollectedPost {
  url: string;
  publishedAt: Date;
  /** The platform's own name of the account that posted. */
  authorPlatformId: string;
  /** Everything that may carry tags. */
  text: string;
  metrics: Partial<Record<Metric, number>>;
}

/** Takes in what was collected of posts: whether they count, and what they earn (E06, rules 7.3 to 7.5). */
@Injectable()
export class PostCollection {
  constructor(
    private readonly accruals: Accruals,
    private readonly suspensions: SuspensionBook,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Records a post of a participation as its platform shows it now: a new one, or one known before, whose figures move
   * on. What is not told keeps what was told last; what was gained while the creator was suspended earns nothing. Nothing
   * is recorded while the campaign is paused, after its figures are final, of creators who are erased, and of posts that
   * were paid; once one is over that was paused or cancelled, only of posts known before.
   * @throws DomainError NOT_FOUND; Error for an address that is no post at the account's platform
   */
  async record(
    tx: Tx,
    { participationId, found }: { participationId: string; found: CollectedPost },
  ): Promise<void> {
    await this.look(tx, participationId, found.url, async (campaign, participation, before) => {
      const { publishedAt } = found;
      const now = this.clock.now();
      const spans = await this.suspensions.spans(tx, [before.partnerId]);
      const suspensions = spans.get(before.partnerId) ?? [];
      const post: Post = {
        ...before,
        ...withTold(before, exact(found.metrics), { now, publishedAt, suspensions }),
        publishedAt,
        collectedAt: now,
      };
      const fault =
        postFault(found, {
          ...campaign,
          platformUserId: participation.platformUserId,
          suspended: suspendedBetween(suspensions, publishedAt, publishedAt),
        }) ??
        ((await countsElsewhere(tx, post)) ? 'DUPLICATE' : null) ??
        (counts(before.state) || campaign.consumedMinor < campaign.budgetMinor ? null : 'OVER_BUDGET');
      const after = await this.accruals.save(tx, campaign, this.judged(campaign, post, fault));
      if (isNews(before, after)) await keepMetrics(tx, this.ids.next(), after);
      return after;
    });
  }

  /**
   * Records that the platform knows no such post: it was never there, or is gone. What counted counts no more, unless it
   * was approved.
   * @throws as {@link record}
   */
  async missing(tx: Tx, { participationId, url }: { participationId: string; url: string }): Promise<void> {
    await this.look(tx, participationId, url, async (campaign, _participation, before) => {
      const post = { ...before, collectedAt: this.clock.now() };
      return this.accruals.save(tx, campaign, this.judged(campaign, post, 'NOT_FOUND'));
    });
  }

  /**
   * Has something done about the post at the address, with its campaign locked, unless nothing may change any more. What
   * it frees of the budget goes to the other posts.
   */
  private async look(
    tx: Tx,
    participationId: string,
    url: string,
    work: (campaign: PublicCampaign, participation: Participation, before: Post) => Promise<Post>,
  ): Promise<void> {
    const { campaignId } = await getParticipation(tx, participationId, null);
    const campaign = (await lockCampaign(tx, campaignId, 'accrual'))!;
    // Read once it cannot change: its creator may have been erased while the platform was asked.
    const participation = await getParticipation(tx, participationId, null);
    const address = postOfUrl(url);
    if (address?.platform !== participation.platform)
      throw new Error(`${url} is no post at ${participation.platform}`);
    const now = this.clock.now();
    if (participation.erased || now >= closesAt(campaign)) return;
    const known = await findPostAt(tx, participationId, address.url);
    const takenIn = campaign.state === 'published' || (known !== null && overAt(campaign) <= now);
    if (!takenIn || known?.paidAt) return;
    const before = known ?? newPost(this.ids.next(), participation, address.url, now);
    const after = await work(campaign, participation, before);
    if (after.accruedMinor < before.accruedMinor) await this.accruals.share(tx, campaign);
  }

  /** The post in the state that a look at it leads to. */
  private judged(campaign: PublicCampaign, post: Post, fault: PostFault | null): Post {
    const over = overAt(campaign) <= this.clock.now();
    const state = nextPostState(post.state, fault ? 'fail' : 'pass', { fault, over })!;
    return { ...post, fault, state };
  }
}

/** A post that nothing is known of but its address. */
export function newPost(
  id: string,
  { id: participationId, campaignId, partnerId }: Participation,
  url: string,
  submittedAt: Date,
): Post {
  return {
    id,
    participationId,
    campaignId,
    partnerId,
    url,
    state: 'joined',
    fault: null,
    reason: null,
    publishedAt: null,
    submittedAt,
    collectedAt: null,
    metrics: {},
    uncounted: {},
    toldAt: {},
    rewardMinor: 0n,
    accruedMinor: 0n,
    decidedAt: null,
    decidedBy: null,
    announcedAt: null,
    paidAt: null,
  };
}

function exact(metrics: CollectedPost['metrics']): Metrics {
  const told = Object.entries(metrics).filter(([, count]) => count !== undefined);
  return Object.fromEntries(told.map(([metric, count]) => [metric, BigInt(count)]));
}

function isNews(before: Post, after: Post): boolean {
  return (
    before.collectedAt === null ||
    before.accruedMinor !== after.accruedMinor ||
    METRICS.some((metric) => before.metrics[metric] !== after.metrics[metric])
  );
}
