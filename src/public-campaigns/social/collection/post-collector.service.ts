import { Injectable, Logger } from '@nestjs/common';
import { Clock, type Tx, UnitOfWork } from '../../../platform/index.js';
import { PostCollection } from '../../posts/post-collection.service.js';
import { type DueParticipation, PostsToCollect } from '../../posts/posts-to-collect.service.js';
import { AccountReaders, type ReadableAccount } from '../account-readers.service.js';
import { isMeantFor } from '../domain/collected.js';
import type { FoundPost } from '../domain/found-post.js';
import { PlatformFault } from '../domain/platform-fault.js';
import { Platforms } from '../platforms/platforms.js';

/** Accounts that are looked at once: a platform that hangs holds up some of them only. */
const LANES = 6;
/** When a look that failed is made up for; well within the twenty minutes that a post may take to appear (E06). */
const TRY_AGAIN_MS = 2 * 60_000;
/** Nobody is asked sooner, whatever it says. */
const SHORTEST_PAUSE_MS = 60_000;

/** What a look at an account gave. */
interface Look {
  posts: FoundPost[];
  /** Addresses at which the platform knows nothing. */
  missing: string[];
}

/**
 * Collects the posts of accounts that have joined campaigns, and their figures (E06, rule 7.7). Each look is claimed
 * first, then the platform is asked with no transaction open, then all that it told is recorded in one.
 */
@Injectable()
export class PostCollector {
  private readonly logger = new Logger(PostCollector.name);

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly toCollect: PostsToCollect,
    private readonly collection: PostCollection,
    private readonly readers: AccountReaders,
    private readonly platforms: Platforms,
    private readonly clock: Clock,
  ) {}

  /** Looks at every account that is due. */
  async work(signal?: AbortSignal): Promise<void> {
    // What nobody can be asked about stays due.
    if (this.platforms.configured().length === 0) return;
    await Promise.all(Array.from({ length: LANES }, () => this.lane(signal)));
  }

  private async lane(signal?: AbortSignal): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const [due] = await this.unitOfWork.run((tx) => this.toCollect.claim(tx, this.clock.now(), 1));
      if (!due) return;
      await this.lookAt(due);
    }
  }

  private async lookAt(due: DueParticipation): Promise<void> {
    try {
      const look = await this.readers.read(due.connectedAccountId, (account) => this.ask(account, due));
      if (look) await this.unitOfWork.run((tx) => this.record(tx, due, look));
    } catch (error) {
      const fault = error instanceof PlatformFault ? error : null;
      const about = { participationId: due.participationId, platform: due.platform };
      // One account's trouble is not the others'.
      if (!fault) this.logger.error({ err: error, ...about }, 'Posts could not be collected');
      else
        this.logger.warn({ ...about, fault: fault.kind, reason: fault.message }, 'Posts were not collected');
      await this.unitOfWork.run((tx) => this.toCollect.postpone(tx, due.participationId, this.again(fault)));
    }
  }

  /** What the platform shows of the time in which posts count, and of posts that are known by their addresses. */
  private async ask(account: ReadableAccount, due: DueParticipation): Promise<Look> {
    const client = this.platforms.get(account.platform);
    const recent = await client.postsSince(account, due.postingFrom);
    const known = new Set(due.posts.map(({ url }) => url));
    const posts = recent.filter((post) => known.has(post.url) || isMeantFor(post, due));
    const told = new Set(posts.map(({ url }) => url));
    const untold = due.posts.filter(({ url }) => !told.has(url));
    if (untold.length === 0) return { posts, missing: [] };
    const asked = await client.postsByKey(
      account,
      untold.map(({ postId }) => postId),
      due.postingFrom,
    );
    const urlOf = new Map(untold.map(({ postId, url }) => [postId, url]));
    return { posts: [...posts, ...asked.posts], missing: asked.missing.map((key) => urlOf.get(key)!) };
  }

  private async record(
    tx: Tx,
    { participationId }: DueParticipation,
    { posts, missing }: Look,
  ): Promise<void> {
    for (const found of posts) await this.collection.record(tx, { participationId, found });
    for (const url of missing) await this.collection.missing(tx, { participationId, url });
  }

  private again(fault: PlatformFault | null): Date {
    const wish = (fault?.details.retryAfterSeconds ?? 0) * 1_000;
    const pause = fault?.kind === 'busy' ? Math.max(wish, SHORTEST_PAUSE_MS) : TRY_AGAIN_MS;
    return new Date(this.clock.now().getTime() + pause);
  }
}
