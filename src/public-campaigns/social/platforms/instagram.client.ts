import { Injectable } from '@nestjs/common';
import { Clock, Config, type JsonAnswer, type SocialPlatformSettings } from '../../../platform/index.js';
import { postOfUrl } from '../../domain/post-url.js';
import type { FoundPost, Profile, Tokens } from '../domain/found-post.js';
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
import { type Bindings, PlatformClient, type Reader } from './platform-client.js';
import { form, PlatformCalls, queryOf } from './platform-calls.js';

const FIELDS = 'id,caption,media_product_type,permalink,timestamp,like_count,comments_count';
const PROFILE_FIELDS = 'user_id,username,followers_count';
const PAGE_SIZE = 25;
const MAX_PAGES = 8;

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
    const found = await this.lookThrough(reader, since, () => false);
    return this.withInsights(reader, found);
  }

  async posts(reader: Reader, platformPostIds: readonly string[]): Promise<FoundPost[]> {
    const found: InstagramPost[] = [];
    for (const id of platformPostIds) {
      try {
        const answer = await this.read(reader, encodeURIComponent(id), { fields: FIELDS });
        found.push(...instagramPosts(answer, reader.platformUserId));
      } catch (error) {
        // A post that is gone is refused; the others are not.
        if (!(error instanceof PlatformFault) || error.kind !== 'refused') throw error;
      }
    }
    return this.withInsights(reader, found);
  }

  /** Instagram finds no post by its address: the account's own are looked through. */
  async postByAddress(reader: Reader, key: string, since: Date): Promise<FoundPost | null> {
    const isIt = ({ post }: InstagramPost) => postOfUrl(post.url)?.postId === key;
    const found = await this.lookThrough(reader, since, isIt);
    const [post] = await this.withInsights(reader, found.filter(isIt));
    return post ?? null;
  }

  /** The account's posts since a time, page by page, up to the one that is looked for. */
  private async lookThrough(
    reader: Reader,
    since: Date,
    isIt: (post: InstagramPost) => boolean,
  ): Promise<InstagramPost[]> {
    const found: InstagramPost[] = [];
    let after: string | null = null;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const answer = await this.read(reader, 'me/media', {
        fields: FIELDS,
        limit: PAGE_SIZE,
        ...(after !== null && { after }),
      });
      const recent = instagramPosts(answer, reader.platformUserId).filter(
        ({ post }) => post.publishedAt >= since,
      );
      found.push(...recent);
      after = instagramNextPage(answer);
      if (after === null || recent.length === 0 || recent.some(isIt)) break;
    }
    return found;
  }

  /** Adds what only the insights count. Posts that have none, as those with few viewers, go on without. */
  private async withInsights(reader: Reader, posts: readonly InstagramPost[]): Promise<FoundPost[]> {
    const found: FoundPost[] = [];
    for (const { post, insights } of posts) {
      try {
        const path = `${encodeURIComponent(post.platformPostId)}/insights`;
        const answer = await this.read(reader, path, { metric: insights.join(',') });
        found.push({ ...post, metrics: { ...post.metrics, ...instagramInsights(answer) } });
      } catch (error) {
        if (!(error instanceof PlatformFault) || error.kind !== 'refused') throw error;
        found.push(post);
      }
    }
    return found;
  }

  private read(reader: Reader, path: string, query: Record<string, string | number>): Promise<unknown> {
    const spender = { platform: 'instagram', accountId: reader.accountId } as const;
    return this.calls.read(spender, this.get(path, query, reader.accessToken), faultOf);
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

function faultOf({ status, body, headers }: JsonAnswer): PlatformFault | null {
  const fault = instagramFault(status, body);
  if (fault?.kind !== 'busy') return fault;
  const usage = headers['x-business-use-case-usage'];
  const retryAfterSeconds = instagramWait(typeof usage === 'string' ? usage : undefined);
  return new PlatformFault('busy', fault.message, { ...fault.details, retryAfterSeconds });
}
