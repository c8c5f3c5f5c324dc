import { Injectable } from '@nestjs/common';
import { Clock, Config, type JsonAnswer, type SocialPlatformSettings } from '../../../platform/index.js';
import type { FoundPost, Profile, Tokens } from '../domain/found-post.js';
import { PlatformFault } from '../domain/platform-fault.js';
import {
  tiktokCursor,
  tiktokFault,
  tiktokListFault,
  tiktokNames,
  tiktokPosts,
  tiktokProfile,
  tiktokTokenFault,
  tiktokTokens,
} from '../domain/tiktok-answers.js';
import { answered, type Bindings, PlatformClient, type PostsByKey, type Reader } from './platform-client.js';
import { form, PlatformCalls, queryOf } from './platform-calls.js';

const FIELDS =
  'id,create_time,share_url,title,video_description,like_count,comment_count,share_count,view_count';
const PROFILE_FIELDS = 'open_id,username,follower_count';
const PAGE_SIZE = 20;
const MAX_PAGES = 10;

/** TikTok: Login Kit for Web and the Display API (v2). It has no PKCE for web applications. */
@Injectable()
export class TiktokClient extends PlatformClient {
  readonly platform = 'tiktok';
  readonly scopes = ['user.info.basic', 'user.info.profile', 'user.info.stats', 'video.list'];

  constructor(
    private readonly config: Config,
    private readonly calls: PlatformCalls,
    private readonly clock: Clock,
  ) {
    super();
  }

  get configured(): boolean {
    return this.config.socialPlatforms.tiktok !== null;
  }

  authorizationUrl({ state, redirectUri }: Bindings): Promise<string> {
    const query = queryOf({
      client_key: this.settings.clientId,
      response_type: 'code',
      scope: this.scopes.join(','),
      redirect_uri: redirectUri,
      state,
    });
    return Promise.resolve(`${this.settings.loginUrl}/v2/auth/authorize/?${query}`);
  }

  exchange(code: string, { redirectUri }: Bindings): Promise<Tokens> {
    return this.grant({ grant_type: 'authorization_code', code, redirect_uri: redirectUri });
  }

  refresh({ refreshToken }: Tokens): Promise<Tokens> {
    return this.grant({ grant_type: 'refresh_token', refresh_token: refreshToken! });
  }

  async revoke({ accessToken }: Tokens): Promise<void> {
    const answer = await this.calls.ask('tiktok', {
      method: 'POST',
      url: `${this.settings.tokenUrl}/v2/oauth/revoke/`,
      ...form({ ...this.credentials, token: accessToken }),
    });
    if (answer.status >= 500 || answer.status === 429)
      throw new PlatformFault('no_answer', `TikTok answered ${answer.status}`);
  }

  async profile(accessToken: string): Promise<Profile | null> {
    const answer = await this.calls.ask('tiktok', {
      method: 'GET',
      url: `${this.settings.apiUrl}/v2/user/info/?${queryOf({ fields: PROFILE_FIELDS })}`,
      headers: bearer(accessToken),
    });
    const fault = faultOf(answer);
    if (fault) throw fault;
    return tiktokProfile(answer.body);
  }

  async postsSince(reader: Reader, since: Date): Promise<FoundPost[]> {
    const found: FoundPost[] = [];
    let cursor: number | null = null;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const body = { max_count: PAGE_SIZE, ...(cursor !== null && { cursor }) };
      const answer = await this.videos(reader, 'list', body);
      const posts = tiktokPosts(answer, reader.platformUserId);
      found.push(...posts.filter(({ publishedAt }) => publishedAt >= since));
      cursor = tiktokCursor(answer);
      if (cursor === null || !posts.some(({ publishedAt }) => publishedAt >= since)) break;
    }
    return found;
  }

  /** TikTok shows the account's own videos only. */
  async postsByKey(reader: Reader, keys: readonly string[]): Promise<PostsByKey> {
    const all: PostsByKey = { posts: [], missing: [] };
    for (let first = 0; first < keys.length; first += PAGE_SIZE) {
      const some = keys.slice(first, first + PAGE_SIZE);
      const answer = await this.videos(reader, 'query', { filters: { video_ids: some } });
      const { posts, missing } = answered(
        tiktokPosts(answer, reader.platformUserId),
        some,
        tiktokNames(answer),
      );
      all.posts.push(...posts);
      all.missing.push(...missing);
    }
    return all;
  }

  private videos(reader: Reader, what: 'list' | 'query', body: object): Promise<unknown> {
    return this.calls.read(
      { platform: 'tiktok', accountId: reader.accountId },
      {
        method: 'POST',
        url: `${this.settings.apiUrl}/v2/video/${what}/?${queryOf({ fields: FIELDS })}`,
        headers: { ...bearer(reader.accessToken), 'content-type': 'application/json' },
        body: JSON.stringify(body),
      },
      videosFaultOf,
    );
  }

  private async grant(values: Record<string, string>): Promise<Tokens> {
    const { status, body } = await this.calls.ask('tiktok', {
      method: 'POST',
      url: `${this.settings.tokenUrl}/v2/oauth/token/`,
      ...form({ ...this.credentials, ...values }),
    });
    const fault = tiktokTokenFault(status, body);
    if (fault) throw fault;
    const tokens = tiktokTokens(body, this.clock.now());
    if (!tokens) throw new PlatformFault('no_answer', 'TikTok answered without tokens');
    return tokens;
  }

  private get credentials(): { client_key: string; client_secret: string } {
    return { client_key: this.settings.clientId, client_secret: this.settings.clientSecret };
  }

  private get settings(): SocialPlatformSettings {
    return this.config.socialPlatforms.tiktok!;
  }
}

function bearer(accessToken: string): Record<string, string> {
  return { authorization: `Bearer ${accessToken}` };
}

function faultOf({ status, body }: JsonAnswer): PlatformFault | null {
  return tiktokFault(status, body);
}

function videosFaultOf({ status, body }: JsonAnswer): PlatformFault | null {
  return tiktokFault(status, body) ?? tiktokListFault(body);
}
