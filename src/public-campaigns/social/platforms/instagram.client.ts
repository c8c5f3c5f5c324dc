import { Injectable } from '@nestjs/common';
import {
  Clock,
  Config,
  type JsonAnswer,
  jsonAt,
  listAt,
  type SocialPlatformSettings,
} from '../../../platform/index.js';
import { postOfUrl } from '../../domain/post-url.js';
import { insightsDue } from '../domain/collected.js';
import type { FoundPost, Metrics, Profile, Tokens } from '../domain/found-post.js';
import {
  instagramFault,
  instagramInsights,
  instagramNextPage,
  type InstagramPost,
  instagramPosts,
  instagramProfile,
  instagramShortToken,
  instagramTokens,
  instagramWait,
} from '../domain/instagram-answers.js';
import { PlatformFault } from '../domain/platform-fault.js';
import { answered, type Bindings, PlatformClient, type PostsByKey, type Reader } from './platform-client.js';
import { form, PlatformCalls, queryOf } from './platform-calls.js';

const FIELDS = 'id,caption,media_product_type,permalink,timestamp,like_count,comments_count';
const PROFILE_FIELDS = 'user_id,username,followers_count';
const PAGE_SIZE = 25;
const MAX_PAGES = 8;
const WEEK_MS = 7 * 86_400_000;

/**
 * Instagram: the API with Instagram Login, for professional accounts. A code gives a token of an hour, that one gives
 * a token of sixty days, which renews itself; there is no PKCE, and no way to take a token back.
 */
@Injectable()
export class InstagramClient extends PlatformClient {
  readonly platform = 'instagram';
  readonly scopes = ['instagram_business_basic', 'instagram_business_manage_insights'];

  constructor(
    private readonly config: Config,
    private readonly calls: PlatformCalls,
    private readonly clock: Clock,
  ) {
    super();
  }

  get configured(): boolean {
    return this.config.socialPlatforms.instagram !== null;
  }

  authorizationUrl({ state, redirectUri }: Bindings): Promise<string> {
    const query = queryOf({
      client_id: this.settings.clientId,
      response_type: 'code',
      scope: this.scopes.join(','),
      redirect_uri: redirectUri,
      state,
    });
    return Promise.resolve(`${this.settings.loginUrl}/oauth/authorize?${query}`);
  }

  async exchange(code: string, { redirectUri }: Bindings): Promise<Tokens> {
    const { clientId, clientSecret, tokenUrl } = this.settings;
    const { status, body } = await this.calls.ask('instagram', {
      method: 'POST',
      url: `${tokenUrl}/oauth/access_token`,
      ...form({
        client_id: clientId,
        client_secret: clientSecret,
        grant_type: 'authorization_code',
        redirect_uri: redirectUri,
        code,
      }),
    });
    const short = status === 200 ? instagramShortToken(body) : null;
    if (!short)
      throw new PlatformFault(status === 400 ? 'revoked' : 'no_answer', `Instagram answered ${status}`);
    const query = queryOf({
      grant_type: 'ig_exchange_token',
      client_secret: clientSecret,
      access_token: short.accessToken,
    });
    return this.longToken(`access_token?${query}`, short.scopes);
  }

  refresh({ accessToken, scopes }: Tokens): Promise<Tokens> {
    const query = queryOf({ grant_type: 'ig_refresh_token', access_token: accessToken });
    return this.longToken(`refresh_access_token?${query}`, scopes);
  }

  revoke(): Promise<void> {
    return Promise.resolve();
  }

  async profile(accessToken: string): Promise<Profile | null> {
    const answer = await this.calls.ask('instagram', this.get('me', { fields: PROFILE_FIELDS }, accessToken));
    const fault = faultOf(answer);
    if (fault) throw fault;
    return instagramProfile(answer.body);
  }

  async postsSince(reader: Reader, since: Date): Promise<FoundPost[]> {
    const { found } = await this.lookThrough(reader, since);
    return this.withInsights(reader, found);
  }

  /** Instagram finds no post by its address: the account's own are looked through. */
  async postsByKey(reader: Reader, keys: readonly string[], since: Date): Promise<PostsByKey> {
    const { found, whole } = await this.lookThrough(reader, new Date(since.getTime() - WEEK_MS));
    const keyOf = ({ post }: InstagramPost) => postOfUrl(post.url)!.postId;
    const asked = found.filter((post) => keys.includes(keyOf(post)));
    const posts = await this.withInsights(reader, asked);
    return answered(posts, keys, whole ? found.map(keyOf) : [null]);
  }

  /** The account's posts since a time, page by page; `whole` unless there are more than are looked through. */
  private async lookThrough(
    reader: Reader,
    since: Date,
  ): Promise<{ found: InstagramPost[]; whole: boolean }> {
    const found: InstagramPost[] = [];
    let after: string | null = null;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const answer = await this.read(reader, 'me/media', {
        fields: FIELDS,
        limit: PAGE_SIZE,
        ...(after !== null && { after }),
      });
      const posts = instagramPosts(answer, reader.platformUserId);
      const recent = posts.filter(({ post }) => post.publishedAt >= since);
      found.push(...recent);
      after = instagramNextPage(answer);
      // An account whose first page cannot be read in full may have any post.
      if (posts.length < listAt(answer, 'data').length) return { found, whole: false };
      if (after === null || recent.length === 0) return { found, whole: true };
    }
    return { found, whole: false };
  }

  /** Adds what only the insights count. Posts that have none, as those with few viewers, go on without. */
  private async withInsights(reader: Reader, posts: readonly InstagramPost[]): Promise<FoundPost[]> {
    const found: FoundPost[] = [];
    for (const { post, insights } of posts) {
      const due = insightsDue(post, this.clock.now());
      const counted = due ? await this.insights(reader, post.platformPostId, insights) : {};
      found.push({ ...post, metrics: { ...post.metrics, ...counted } });
    }
    return found;
  }

  private async insights(reader: Reader, id: string, names: readonly string[]): Promise<Metrics> {
    try {
      const answer = await this.read(reader, `${encodeURIComponent(id)}/insights`, {
        metric: names.join(','),
      });
      return instagramInsights(answer);
    } catch (error) {
      if (error instanceof PlatformFault && error.kind === 'refused') return {};
      throw error;
    }
  }

  private read(reader: Reader, path: string, query: Record<string, string | number>): Promise<unknown> {
    const spender = { platform: 'instagram', accountId: reader.accountId } as const;
    return this.calls.read(spender, this.get(path, query, reader.accessToken), listFaultOf);
  }

  private get(path: string, query: Record<string, string | number>, accessToken: string) {
    const whole = queryOf({ ...query, access_token: accessToken });
    return { method: 'GET', url: `${this.settings.apiUrl}/${path}?${whole}` } as const;
  }

  private async longToken(pathAndQuery: string, scopes: string[]): Promise<Tokens> {
    const answer = await this.calls.ask('instagram', {
      method: 'GET',
      url: `${this.settings.apiUrl}/${pathAndQuery}`,
    });
    const fault = faultOf(answer);
    if (fault?.kind === 'token') throw new PlatformFault('revoked', fault.message);
    const tokens = fault ? null : instagramTokens(answer.body, scopes, this.clock.now());
    if (!tokens) throw fault ?? new PlatformFault('no_answer', 'Instagram answered without a token');
    return tokens;
  }

  private get settings(): SocialPlatformSettings {
    return this.config.socialPlatforms.instagram!;
  }
}

/** Lists of media and of insights: an answer without one is none. */
function listFaultOf(answer: JsonAnswer): PlatformFault | null {
  const fault = faultOf(answer);
  if (fault || Array.isArray(jsonAt(answer.body, 'data'))) return fault;
  return new PlatformFault('no_answer', 'Instagram answered without a list');
}

function faultOf({ status, body, headers }: JsonAnswer): PlatformFault | null {
  const fault = instagramFault(status, body);
  if (fault?.kind !== 'busy') return fault;
  const usage = headers['x-business-use-case-usage'];
  const retryAfterSeconds = instagramWait(typeof usage === 'string' ? usage : undefined);
  return new PlatformFault('busy', fault.message, { ...fault.details, retryAfterSeconds });
}
