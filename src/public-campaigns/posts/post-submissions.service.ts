import { Injectable } from '@nestjs/common';
import { EventLog, type PartnerActor } from '../../identity/index.js';
import { Clock, Ids, type Tx } from '../../platform/index.js';
import { lockCampaign } from '../campaigns/campaign-rows.js';
import { assertTakesPosts } from '../campaigns/open-campaigns.js';
import { postOfUrl } from '../domain/post-url.js';
import { getParticipation } from '../joining/participation-rows.js';
import { notAPostOf, postAlreadyKnown, tooManyPostsWaiting } from '../public-campaigns.errors.js';
import { newPost } from './post-collection.service.js';
import { countsElsewhere, findPostAt, type Post, savePost } from './post-rows.js';
import { PostsToCollect } from './posts-to-collect.service.js';

/** Addresses of one participation that may wait to be looked at. */
const MOST_WAITING = 20;

/** Creators give the addresses of posts that were not found by themselves (E06). */
@Injectable()
export class PostSubmissions {
  constructor(
    private readonly toCollect: PostsToCollect,
    private readonly eventLog: EventLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes the address of a post, which is looked at at once; one that counts elsewhere is kept as a duplicate.
   * @throws DomainError NOT_FOUND; CAMPAIGN_… (409) while nobody can post; VALIDATION_FAILED (422) for what is no post
   *   at the platform; POST_ALREADY_KNOWN, TOO_MANY_POSTS_WAITING (409)
   */
  async submit(tx: Tx, actor: PartnerActor, participationId: string, url: string): Promise<Post> {
    const participation = await getParticipation(tx, participationId, actor.partnerId);
    const address = postOfUrl(url);
    if (address?.platform !== participation.platform) throw notAPostOf(participation.platform);
    const campaign = (await lockCampaign(tx, participation.campaignId, 'accrual'))!;
    const now = this.clock.now();
    if (await findPostAt(tx, participationId, address.url)) throw postAlreadyKnown();
    assertTakesPosts(campaign, now);
    await assertFewWaiting(tx, participationId);
    const blank = newPost(this.ids.next(), participation, address.url, now);
    const post: Post = (await countsElsewhere(tx, blank))
      ? { ...blank, state: 'warning', fault: 'DUPLICATE' }
      : blank;
    await savePost(tx, post);
    await this.toCollect.postpone(tx, participationId, now);
    await this.eventLog.record(tx, actor, {
      partnerId: actor.partnerId,
      type: 'post_submitted',
      subjectId: post.id,
      data: { campaign: campaign.title },
    });
    return post;
  }
}

async function assertFewWaiting(tx: Tx, participationId: string): Promise<void> {
  const [row] = await tx.query<[{ waiting: number }]>(
    `SELECT count(*)::int AS waiting FROM campaign_posts WHERE participation_id = $1 AND state = 'joined'`,
    [participationId],
  );
  if (row.waiting >= MOST_WAITING) throw tooManyPostsWaiting(MOST_WAITING);
}
