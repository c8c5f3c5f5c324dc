import type { SocialPlatformName } from '../../../platform/index.js';
import type { FoundPost, Profile, Tokens } from '../domain/found-post.js';

/** What binds the way to a platform and the way back together. */
export interface Bindings {
  state: string;
  /** Of PKCE (RFC 7636), where the platform has it. */
  codeVerifier: string;
  /** The program's own address that the platform sends the browser back to. */
  redirectUri: string;
}

/** An account to read, and by what. */
export interface Reader {
  accountId: string;
  platformUserId: string;
  /** See {@link Profile.feed}. */
  feed: string | null;
  accessToken: string;
}

/** A platform that accounts are connected at. Every method that asks it throws PlatformFault when it gives nothing. */
export abstract class PlatformClient {
  abstract readonly platform: SocialPlatformName;

  /** What the creator has to agree to. */
  abstract readonly scopes: readonly string[];

  /** Whether the program has an application there. */
  abstract get configured(): boolean;

  /** Where the creator agrees. */
  abstract authorizationUrl(bindings: Bindings): Promise<string>;

  /** Tokens for the code that came back. */
  abstract exchange(code: string, bindings: Bindings): Promise<Tokens>;

  /** Fresh tokens for old ones. */
  abstract refresh(tokens: Tokens): Promise<Tokens>;

  /** Takes the tokens back; does nothing where the platform has no such way. */
  abstract revoke(tokens: Tokens): Promise<void>;

  /** The account that the token reads; null when it has no name there. */
  abstract profile(accessToken: string): Promise<Profile | null>;

  /** The account's posts since a time, newest first; of many, the newest. */
  abstract postsSince(reader: Reader, since: Date): Promise<FoundPost[]>;

  /**
   * Posts by what their addresses name them, as far as the platform shows them to the account.
   * @param since posts a week earlier are looked through, where the platform finds posts by looking only
   */
  abstract postsByKey(reader: Reader, keys: readonly string[], since: Date): Promise<PostsByKey>;
}

/** What a platform said of posts that were asked for. */
export interface PostsByKey {
  posts: FoundPost[];
  /** Those that it certainly does not know. */
  missing: string[];
}

/**
 * What an answer says of the posts that were asked for.
 * @param named what the posts in it are called; null for one without a name, which may be any of them
 */
export function answered(
  posts: FoundPost[],
  keys: readonly string[],
  named: readonly (string | null)[],
): PostsByKey {
  const missing = named.includes(null) ? [] : keys.filter((key) => !named.includes(key));
  return { posts, missing };
}
