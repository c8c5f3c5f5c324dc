import { Injectable } from '@nestjs/common';
import { calculatePKCECodeChallenge } from 'openid-client';
import { Clock, Config, type JsonAnswer, type SocialPlatformSettings } from '../../../platform/index.js';
import type { FoundPost, Profile, Tokens } from '../domain/found-post.js';
import { PlatformFault } from '../domain/platform-fault.js';
import {
  youtubeFault,
  youtubeNames,
  youtubeNextPage,
  youtubePosts,
  youtubeProfile,
  youtubeTokenFault,
  youtubeTokens,
  youtubeUploads,
} from '../domain/youtube-answers.js';
import { answered, type Bindings, PlatformClient, type PostsByKey, type Reader } from './platform-client.js';
import { form, PlatformCalls, queryOf } from './platform-calls.js';

const PAGE_SIZE = 50;
const MAX_PAGES = 4;

/** YouTube: Google's OAuth 2.0 with PKCE and offline access, and the Data API (v3). Every call of it costs one unit. */
@Injectable()
export class YoutubeClient extends PlatformClient {
  readonly platform = 'youtube';
  readonly scopes = ['https://www.googleapis.com/auth/youtube.readonly'];

  constructor(
    private readonly config: Config,
    private readonly calls: PlatformCalls,
    private readonly clock: Clock,
  ) {
    super();
  }

  get configured(): boolean {
    return this.config.socialPlatforms.youtube !== null;
  }

  async authorizationUrl({ state, codeVerifier, redirectUri }: Bindings): Promise<string> {
    const query = queryOf({
      client_id: this.settings.clientId,
      response_type: 'code',
      scope: this.scopes.join(' '),
      redirect_uri: redirectUri,
      state,
      code_challenge: await calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      access_type: 'offline',
      // Without it Google gives no refresh token to whoever agreed before.
      prompt: 'consent',
    });
    return `${this.settings.loginUrl}/o/oauth2/v2/auth?${query}`;
  }

  exchange(code: string, { codeVerifier, redirectUri }: Bindings): Promise<Tokens> {
    const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri };
    return this.grant({ ...grant, code_verifier: codeVerifier }, null);
  }

  refresh({ refreshToken }: Tokens): Promise<Tokens> {
    return this.grant({ grant_type: 'refresh_token', refresh_token: refreshToken! }, refreshToken);
  }

  async revoke({ refreshToken, accessToken }: Tokens): Promise<void> {
    const answer = await this.calls.ask('youtube', {
      method: 'POST',
      url: `${this.settings.tokenUrl}/revoke`,
      ...form({ token: refreshToken ?? accessToken }),
    });
    if (answer.status >= 500 || answer.status === 429)
      throw new PlatformFault('no_answer', `Google answered ${answer.status}`);
  }

  async profile(accessToken: string): Promise<Profile | null> {
    const part = 'snippet,statistics,contentDetails';
    const answer = await this.calls.ask(
      'youtube',
      this.listing('channels', { part, mine: 'true' }, accessToken),
    );
    const fault = faultOf(answer);
    if (fault) throw fault;
    return youtubeProfile(answer.body);
  }

  async postsSince(reader: Reader, since: Date): Promise<FoundPost[]> {
    const ids: string[] = [];
    let pageToken: string | null = null;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const answer = await this.list(reader, 'playlistItems', {
        part: 'contentDetails',
        playlistId: reader.feed!,
        maxResults: PAGE_SIZE,
        ...(pageToken !== null && { pageToken }),
      });
      const uploads = youtubeUploads(answer);
      const recent = uploads.filter(({ publishedAt }) => publishedAt !== null && publishedAt >= since);
      ids.push(...recent.map(({ videoId }) => videoId));
      pageToken = youtubeNextPage(answer);
      if (pageToken === null || recent.length === 0) break;
    }
    return (await this.postsByKey(reader, ids)).posts;
  }

  /** YouTube shows everybody's videos: who posted them is for the caller to look at. */
  async postsByKey(reader: Reader, keys: readonly string[]): Promise<PostsByKey> {
    const all: PostsByKey = { posts: [], missing: [] };
    for (let first = 0; first < keys.length; first += PAGE_SIZE) {
      const some = keys.slice(first, first + PAGE_SIZE);
      const answer = await this.list(reader, 'videos', { part: 'snippet,statistics', id: some.join(',') });
      const { posts, missing } = answered(youtubePosts(answer), some, youtubeNames(answer));
      all.posts.push(...posts);
      all.missing.push(...missing);
    }
    return all;
  }

  private list(
    reader: Reader,
    what: 'playlistItems' | 'videos',
    query: Record<string, string | number>,
  ): Promise<unknown> {
    const spender = { platform: 'youtube', accountId: reader.accountId } as const;
    return this.calls.read(spender, this.listing(what, query, reader.accessToken), faultOf);
  }

  private listing(what: string, query: Record<string, string | number>, accessToken: string) {
    return {
      method: 'GET',
      url: `${this.settings.apiUrl}/youtube/v3/${what}?${queryOf(query)}`,
      headers: { authorization: `Bearer ${accessToken}` },
    } as const;
  }

  private async grant(values: Record<string, string>, known: string | null): Promise<Tokens> {
    const { clientId, clientSecret, tokenUrl } = this.settings;
    const { status, body } = await this.calls.ask('youtube', {
      method: 'POST',
      url: `${tokenUrl}/token`,
      ...form({ client_id: clientId, client_secret: clientSecret, ...values }),
    });
    const fault = youtubeTokenFault(status, body);
    if (fault) throw fault;
    const tokens = youtubeTokens(body, known, this.clock.now());
    if (!tokens) throw new PlatformFault('no_answer', 'Google answered without tokens');
    return tokens;
  }

  private get settings(): SocialPlatformSettings {
    return this.config.socialPlatforms.youtube!;
  }
}

function faultOf({ status, body }: JsonAnswer): PlatformFault | null {
  return youtubeFault(status, body);
}
