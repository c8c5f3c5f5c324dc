import { type Json, jsonAt, listAt, textAt } from '../../../platform/json/json-parts.js';
import { postOfUrl } from '../../domain/post-url.js';
import type { ToldMetric } from '../../domain/told-metrics.js';
import {
  exactCount,
  expiryOf,
  type FoundPost,
  type Metrics,
  metricsOf,
  type Profile,
  type Tokens,
} from './found-post.js';
import { PlatformFault } from './platform-fault.js';

/** Codes of the Graph API: calls of the application, of the account, and of what a business may do. */
const APP_BUSY = [4, 613];
const ACCOUNT_BUSY = [17, 32, 80002];
const TOKEN_GONE = [190, 102];
const NOT_PERMITTED = [10, 200];
const NO_SUCH_THING = [100, 110, 803];
const PASSING = [1, 2];

/** What is wrong with an answer, or null. (Graph API, "Error Handling" and "Rate Limits".) */
export function instagramFault(status: number, body: Json): PlatformFault | null {
  const code = exactCount(jsonAt(body, 'error', 'code')) ?? null;
  if (status === 200 && code === null && body !== null) return null;
  const words = `Instagram answered ${status}: ${code === null ? 'no code' : `code ${code}`}`;
  if (code === null) {
    if (status === 429) return new PlatformFault('busy', words, { scope: 'account' });
    return new PlatformFault(status >= 400 && status < 500 ? 'refused' : 'no_answer', words);
  }
  if (APP_BUSY.includes(code)) return new PlatformFault('busy', words, { scope: 'platform' });
  if (ACCOUNT_BUSY.includes(code) || status === 429)
    return new PlatformFault('busy', words, { scope: 'account' });
  if (TOKEN_GONE.includes(code)) return new PlatformFault('token', words);
  if (NOT_PERMITTED.includes(code) || NO_SUCH_THING.includes(code))
    return new PlatformFault('refused', words);
  return new PlatformFault(PASSING.includes(code) || status >= 500 ? 'no_answer' : 'refused', words);
}

/**
 * Seconds until the account may be asked again, out of the header `X-Business-Use-Case-Usage`; undefined where it does
 * not say.
 */
export function instagramWait(header: string | undefined): number | undefined {
  if (!header) return undefined;
  let usage: Json;
  try {
    usage = JSON.parse(header) as Json;
  } catch {
    return undefined;
  }
  if (typeof usage !== 'object' || usage === null) return undefined;
  const minutes = Object.values(usage)
    .flatMap((uses: Json) => listAt({ uses }, 'uses'))
    .map((use) => exactCount(jsonAt(use, 'estimated_time_to_regain_access')) ?? 0);
  const longest = Math.max(0, ...minutes);
  return longest > 0 ? longest * 60 : undefined;
}

/** The token of an hour that a code gives; in a list, or as it stands in older answers. */
export function instagramShortToken(body: Json): { accessToken: string; scopes: string[] } | null {
  const grant = listAt(body, 'data')[0] ?? body;
  const accessToken = textAt(grant, 'access_token');
  if (!accessToken) return null;
  const permissions = jsonAt(grant, 'permissions');
  const scopes =
    typeof permissions === 'string' ? permissions.split(',') : listAt({ permissions }, 'permissions');
  return { accessToken, scopes: scopes.filter((scope) => typeof scope === 'string') };
}

/** The token of sixty days; null when it is missing. */
export function instagramTokens(body: Json, scopes: string[], now: Date): Tokens | null {
  const accessToken = textAt(body, 'access_token');
  const expiresAt = expiryOf(jsonAt(body, 'expires_in'), now);
  return accessToken && expiresAt ? { accessToken, refreshToken: null, expiresAt, scopes } : null;
}

/** The account; in a list, or as it is. Null when it has no name, or a number that lost its last digits. */
export function instagramProfile(body: Json): Profile | null {
  const account = listAt(body, 'data')[0] ?? body;
  const platformUserId = textAt(account, 'user_id');
  const handle = textAt(account, 'username');
  if (!platformUserId || !handle) return null;
  const followers = exactCount(jsonAt(account, 'followers_count')) ?? null;
  return { platformUserId, handle, followers, feed: null };
}

/** What a post tells itself; the rest are insights. */
type OwnMetric = 'like' | 'comment';

/** A post of the account, and which insights it has. */
export interface InstagramPost {
  post: FoundPost;
  insights: readonly string[];
}

/** The account's posts of an answer; one without id, address or time is left out. */
export function instagramPosts(body: Json, authorPlatformId: string): InstagramPost[] {
  return listAt(body, 'data').flatMap((medium): InstagramPost[] => {
    const platformPostId = textAt(medium, 'id');
    const address = postOfUrl(textAt(medium, 'permalink') ?? '');
    const publishedAt = timeOf(textAt(medium, 'timestamp'));
    if (!platformPostId || address?.platform !== 'instagram' || !publishedAt) return [];
    const post = {
      platformPostId,
      url: address.url,
      publishedAt,
      authorPlatformId,
      text: textAt(medium, 'caption') ?? '',
      metrics: metricsOf<OwnMetric>({
        like: jsonAt(medium, 'like_count'),
        comment: jsonAt(medium, 'comments_count'),
      }),
    };
    const reel = textAt(medium, 'media_product_type') === 'REELS';
    return [{ post, insights: reel ? ['views', 'shares'] : ['views', 'shares', 'follows'] }];
  });
}

/** Where the next page begins; null on the last one. */
export function instagramNextPage(body: Json): string | null {
  return textAt(body, 'paging', 'next') ? textAt(body, 'paging', 'cursors', 'after') : null;
}

/** What an answer with insights counts; an empty set, as it is for new posts, tells nothing. */
export function instagramInsights(body: Json): Metrics {
  const values = listAt(body, 'data').map((insight) => {
    const value = jsonAt(listAt(insight, 'values')[0], 'value') ?? jsonAt(insight, 'total_value', 'value');
    return [textAt(insight, 'name'), value] as const;
  });
  const found = new Map(values);
  return metricsOf<Exclude<ToldMetric<'instagram'>, OwnMetric>>({
    view: found.get('views'),
    share: found.get('shares'),
    follower: found.get('follows'),
  });
}

/** Times are written `2026-11-02T09:00:00+0000`. */
function timeOf(text: string | null): Date | null {
  const time = new Date((text ?? '').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(time.getTime()) ? null : time;
}
