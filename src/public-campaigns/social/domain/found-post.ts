/** What a platform counts of a post. Platforms that do not tell one leave it out: a missing metric is not 0. */
export type Metric = 'like' | 'view' | 'share' | 'comment' | 'follower';

export type Metrics = Partial<Record<Metric, number>>;

/** A post as a platform tells of it. */
export interface FoundPost {
  /** The platform's own name of the post. */
  platformPostId: string;
  /** In its one spelling. */
  url: string;
  publishedAt: Date;
  /** The platform's own name of the account that posted. */
  authorPlatformId: string;
  /** Title and description, or caption, with their tags. */
  text: string;
  metrics: Metrics;
}

/** An account as a platform tells of it. */
export interface Profile {
  platformUserId: string;
  /** As the platform writes it; it may begin with @. */
  handle: string;
  /** Null where it is hidden. */
  followers: number | null;
  /** Where the platform lists the account's posts, for one that has such a place. */
  feed: string | null;
}

/** By what the program reads an account. */
export interface Tokens {
  accessToken: string;
  /** Null where the access token itself is renewed. */
  refreshToken: string | null;
  /** Of the access token. */
  expiresAt: Date;
  scopes: string[];
}

const COUNT = /^\d{1,15}$/;

/**
 * A count as platforms write it: a number, or its digits as a text. Exact, or undefined for anything else: a guess would
 * be paid for.
 */
export function exactCount(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  return typeof value === 'string' && COUNT.test(value) ? Number(value) : undefined;
}

/** The counts that are there. @param counts all that the answer may tell */
export function metricsOf<Told extends Metric>(counts: Readonly<Record<Told, unknown>>): Metrics {
  const known = Object.entries(counts).map(([name, value]) => [name, exactCount(value)] as const);
  return Object.fromEntries(known.filter(([, count]) => count !== undefined));
}

/** The access token's end. @param seconds of life, as the platform says; null when it does not */
export function expiryOf(seconds: unknown, now: Date): Date | null {
  const life = exactCount(seconds);
  return life === undefined ? null : new Date(now.getTime() + life * 1_000);
}
