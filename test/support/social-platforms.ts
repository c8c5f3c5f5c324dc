import { createHash, randomBytes } from 'node:crypto';
import { instagramAnswer } from './social-platforms/instagram.js';
import { tiktokAnswer } from './social-platforms/tiktok.js';
import type { Granted, SocialAccount, SocialPlatform, World } from './social-platforms/world.js';
import { json } from './social-platforms/world.js';
import { youtubeAnswer } from './social-platforms/youtube.js';
import { type SinkAnswer, type SinkRequest, type SinkServer, startSinkServer } from './sink-server.js';

export type { SocialAccount, SocialPlatform, SocialPost } from './social-platforms/world.js';

const CREDENTIALS = {
  INSTAGRAM_CLIENT_ID: 'instagram-client',
  INSTAGRAM_CLIENT_SECRET: 'instagram-secret',
  YOUTUBE_CLIENT_ID: 'youtube-client',
  YOUTUBE_CLIENT_SECRET: 'youtube-secret',
  TIKTOK_CLIENT_KEY: 'tiktok-client',
  TIKTOK_CLIENT_SECRET: 'tiktok-secret',
};

/** How many seconds each platform's access tokens live. */
export const TOKEN_SECONDS: Readonly<Record<SocialPlatform, number>> = {
  instagram: 5_184_000,
  youtube: 3_599,
  tiktok: 7_200,
};

/**
 * A stand-in of Instagram, YouTube and TikTok on one loopback port, in the shapes of their documentation. It knows
 * accounts, their posts, codes and tokens; what it answers may be disturbed.
 */
export class SocialPlatformsServer implements World {
  readonly accounts: SocialAccount[] = [];
  private readonly codes = new Map<string, Granted & { redirectUri: string; challenge: string | null }>();
  private readonly accessTokens = new Map<string, Granted>();
  private readonly refreshTokens = new Map<string, Granted>();
  private disturb: ((request: SinkRequest) => SinkAnswer | null) | null = null;

  private constructor(private readonly sink: SinkServer) {
    sink.answer((request) => this.disturb?.(request) ?? this.give(request));
  }

  static async start(): Promise<SocialPlatformsServer> {
    return new SocialPlatformsServer(await startSinkServer());
  }

  /** Settings of a program whose accounts are here. */
  get env(): Record<string, string> {
    const origins = ['INSTAGRAM', 'YOUTUBE', 'TIKTOK'].flatMap((name) =>
      ['LOGIN', 'TOKEN', 'API'].map((what): [string, string] => [`${name}_${what}_URL`, this.sink.url]),
    );
    const { TIKTOK_TOKEN_URL: _, ...urls } = Object.fromEntries(origins);
    return { ...urls, ...CREDENTIALS, SOCIAL_TIMEOUT_SECONDS: '1' };
  }

  get requests(): SinkRequest[] {
    return this.sink.requests;
  }

  /** Calls of a kind so far, by the path that they begin with. */
  count(path: string): number {
    return this.requests.filter((request) => request.path.startsWith(path)).length;
  }

  /** Adds an account. */
  account(platform: SocialPlatform, handle: string, more: Partial<SocialAccount> = {}): SocialAccount {
    const id = {
      youtube: `UC${randomBytes(11).toString('hex')}`,
      tiktok: `-000${randomBytes(8).toString('hex')}`,
    };
    const made = {
      platform,
      id: platform === 'instagram' ? `178414${String(this.accounts.length).padStart(11, '0')}` : id[platform],
      handle,
      followers: 1_200,
      posts: [],
      ...more,
    };
    this.accounts.push(made);
    return made;
  }

  /**
   * Has the account's owner agree at the address, and gives the query that the browser comes back with.
   * @param scopes what it agrees to, where that is less than was asked for
   */
  agree(authorizationUrl: string, account: SocialAccount, scopes?: string[]): string {
    const { searchParams: query } = new URL(authorizationUrl);
    const code = randomBytes(12).toString('hex');
    this.codes.set(code, {
      account,
      scopes: scopes ?? query.get('scope')!.split(/[ ,]/),
      redirectUri: query.get('redirect_uri')!,
      challenge: query.get('code_challenge'),
    });
    return new URLSearchParams({ state: query.get('state')!, code, scope: 'any' }).toString();
  }

  /** Answers otherwise where the function gives an answer; null makes it answer as it should again. */
  answerInstead(disturb: ((request: SinkRequest) => SinkAnswer | null) | null): void {
    this.disturb = disturb;
  }

  /** Has the platforms take no access token any more; with `forGood` no refresh token either. */
  revoke(forGood = false): void {
    this.accessTokens.clear();
    if (forGood) this.refreshTokens.clear();
  }

  /** Whether tokens of the account are known. */
  knows(account: SocialAccount): boolean {
    const granted = [...this.accessTokens.values(), ...this.refreshTokens.values()];
    return granted.some((one) => one.account === account);
  }

  /** Resolves when the next tokens are given back. */
  async revocation(): Promise<void> {
    const isOne = ({ path }: SinkRequest) => path.endsWith('/revoke') || path.endsWith('/revoke/');
    const known = this.requests.filter(isOne).length;
    await this.sink.waitFor(
      (request) => isOne(request) && this.requests.filter(isOne).length > known,
      15_000,
    );
  }

  stop(): Promise<void> {
    return this.sink.stop();
  }

  redeem(form: URLSearchParams): Granted | null {
    const granted = this.codes.get(form.get('code') ?? '');
    this.codes.delete(form.get('code') ?? '');
    const verifier = form.get('code_verifier');
    const challenge = verifier && createHash('sha256').update(verifier).digest('base64url');
    if (!granted || granted.redirectUri !== form.get('redirect_uri')) return null;
    return granted.challenge === challenge ? granted : null;
  }

  issue(granted: Granted): { access: string; refresh: string } {
    const [access, refresh] = [
      `at-${randomBytes(12).toString('hex')}`,
      `rt-${randomBytes(12).toString('hex')}`,
    ];
    this.accessTokens.set(access, granted);
    this.refreshTokens.set(refresh, granted);
    return { access, refresh };
  }

  grantOf(accessToken: string): Granted | null {
    return this.accessTokens.get(accessToken) ?? null;
  }

  useRefresh(refreshToken: string, rotates: boolean): Granted | null {
    const granted = this.refreshTokens.get(refreshToken) ?? null;
    if (rotates) this.refreshTokens.delete(refreshToken);
    return granted;
  }

  forget(token: string): void {
    const granted = this.accessTokens.get(token) ?? this.refreshTokens.get(token);
    for (const tokens of [this.accessTokens, this.refreshTokens]) {
      for (const [key, one] of tokens) if (one.account === granted?.account) tokens.delete(key);
    }
  }

  private give(request: SinkRequest): SinkAnswer {
    const { path } = request;
    if (path.startsWith('/v2/')) return tiktokAnswer(this, request);
    if (path.startsWith('/youtube/') || path === '/token' || path === '/revoke')
      return youtubeAnswer(this, request);
    return instagramAnswer(this, request) ?? json(404, {});
  }
}
