import { ApiProperty } from '@nestjs/swagger';
import { IsIn, MaxLength } from 'class-validator';
import { IsLabel, IsText, MayBeAbsent, Money, MoneyDto, PageQuery } from '../../platform/index.js';
import type { PublicCampaign } from '../campaigns/campaign-rows.js';
import { overAt } from '../domain/campaign-status.js';
import { uncountedUnits } from '../domain/figures.js';
import { POST_FAULTS, POST_STATES, type PostFault, type PostState } from '../domain/post-state.js';
import { type Platform, PLATFORMS } from '../domain/post-url.js';
import { unknownMetrics } from '../domain/reward.js';
import { type Metrics, PRICED_UNITS, type PricedUnit } from '../domain/unit-price.js';
import type { Participation } from '../joining/participation-rows.js';
import type { Post } from './post-rows.js';

/** Filters of a list of posts. */
export class PostsQuery extends PageQuery {
  @ApiProperty({ enum: POST_STATES, required: false })
  @MayBeAbsent()
  @IsIn(POST_STATES)
  state?: PostState;
}

/** The address of a post. */
export class SubmitPostDto {
  /**
   * As the page of the post shows it.
   * @example "https://www.instagram.com/p/C8x_Yz-12Ab/"
   */
  @IsLabel(2_048)
  @MaxLength(2_048)
  url: string;
}

/** Why a post is not approved. */
export class RejectPostDto {
  /**
   * Shown to the creator.
   * @example "The product is not to be seen."
   */
  @IsText(1_000)
  reason: string;
}

/** What a post has brought; null where the platform has not told, which is not zero. */
export class PostMetricsDto {
  likes: number | null;
  views: number | null;
  shares: number | null;
  comments: number | null;
  followers: number | null;
}

/** A post of a campaign. */
export class PostResponse {
  /** @example "01900000-0000-7000-8000-000000002301" */
  id: string;
  participationId: string;
  jobId: string;
  @ApiProperty({ enum: PLATFORMS })
  platform: Platform;
  /** Of the account that joined. */
  handle: string;
  /** In one spelling, without what is added for sharing. */
  url: string;
  /**
   * `joined` waits to be looked at; `effective` counts; `warning` is kept and does not count, for `fault`; `approved` is
   * paid for; `ineffective` is not, for `reason`.
   */
  @ApiProperty({ enum: POST_STATES })
  state: PostState;
  @ApiProperty({ enum: POST_FAULTS, nullable: true, type: String })
  fault: PostFault | null;
  /** What the brand says of a post that it does not approve. */
  reason: string | null;
  publishedAt: Date | null;
  submittedAt: Date;
  /** When it was looked at last. */
  collectedAt: Date | null;
  metrics: PostMetricsDto;
  /**
   * What of the metrics earns nothing: it was gained while the creator was suspended, from the last look before to the
   * first one after.
   */
  uncountedMetrics: PostMetricsDto;
  /** What is paid for and not known as yet. */
  @ApiProperty({ enum: PRICED_UNITS, isArray: true })
  unknownMetrics: PricedUnit[];
  /** What the post has earned by its units that count and its cap; what its creator was told after the end stays earned. */
  reward: MoneyDto;
  /** What of it the creator's cap and the budget allow, while it counts. */
  accrued: MoneyDto;
  decidedAt: Date | null;
  /** Whether its payment can be requested now. */
  payable: boolean;
  paidAt: Date | null;
}

/** A page of posts. */
export class PostPage {
  items: PostResponse[];
  nextCursor: string | null;
}

/** The post as the API answers it, at an instant. */
export function toPostResponse(
  post: Post,
  campaign: PublicCampaign,
  { platform, handle }: Participation,
  now: Date,
): PostResponse {
  const money = (minor: bigint) => Money.of(minor, campaign.currency).toJSON();
  const approved = post.state === 'approved' && post.accruedMinor > 0n;
  return {
    id: post.id,
    participationId: post.participationId,
    jobId: post.campaignId,
    platform,
    handle,
    url: post.url,
    state: post.state,
    fault: post.fault,
    reason: post.reason,
    publishedAt: post.publishedAt,
    submittedAt: post.submittedAt,
    collectedAt: post.collectedAt,
    metrics: toMetrics(post.metrics),
    uncountedMetrics: toMetrics(uncountedUnits(post)),
    unknownMetrics: unknownMetrics(campaign, post.metrics),
    reward: money(post.rewardMinor),
    accrued: money(post.accruedMinor),
    decidedAt: post.decidedAt,
    payable: approved && post.paidAt === null && overAt(campaign) <= now,
    paidAt: post.paidAt,
  };
}

function toMetrics({ like, view, share, comment, follower }: Metrics): PostMetricsDto {
  return {
    likes: count(like),
    views: count(view),
    shares: count(share),
    comments: count(comment),
    followers: count(follower),
  };
}

function count(units: bigint | undefined): number | null {
  return units === undefined ? null : Number(units);
}
