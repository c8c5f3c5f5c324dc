import type { SinkAnswer } from '../sink-server.js';

export type SocialPlatform = 'instagram' | 'youtube' | 'tiktok';

export interface SocialPost {
  /** Of the post in the platform's addresses. */
  key: string;
  publishedAt: string;
  text: string;
  /** As the platform writes them; missing ones are left out of its answers. */
  likes?: number | string;
  views?: number | string;
  shares?: number | string;
  comments?: number | string;
}

export interface SocialAccount {
  platform: SocialPlatform;
  id: string;
  handle: string;
  followers: number | null;
  /** Newest first. */
  posts: SocialPost[];
}

/** Whom a token reads, and what it may. */
export interface Granted {
  account: SocialAccount;
  scopes: string[];
}

/** What the platforms keep. */
export interface World {
  readonly accounts: readonly SocialAccount[];
  /** Uses a code up. */
  redeem(form: URLSearchParams): Granted | null;
  issue(granted: Granted): { access: string; refresh: string };
  grantOf(accessToken: string): Granted | null;
  useRefresh(refreshToken: string, rotates: boolean): Granted | null;
  /** Forgets all tokens of the account whose token it is. */
  forget(token: string): void;
}

export function json(status: number, value: object, headers: Record<string, string> = {}): SinkAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}
