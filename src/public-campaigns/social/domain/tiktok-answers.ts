import { type Json, jsonAt, listAt, textAt } from '../../../platform/json/json-parts.js';
import { postOfUrl } from '../../domain/post-url.js';
import type { ToldMetric } from '../../domain/told-metrics.js';
import { exactCount, expiryOf, type FoundPost, metricsOf, type Profile, type Tokens } from './found-post.js';
import { PlatformFault } from './platform-fault.js';

/** Of a 429 TikTok counts by a sliding minute. */
const BUSY_SECONDS = 60;

/** What is wrong with an answer of the API, or null. (developers.tiktok.com, "Error Handling" of API v2.) */
export function tiktokFault(status: number, body: Json): PlatformFault | null {
  const code = textAt(body, 'error', 'code');
  if (status === 200 && code === 'ok') return null;
  const words = `TikTok answered ${status}: ${code ?? 'no code'}`;
  if (status === 429 || code === 'rate_limit_exceeded')
    return new PlatformFault('busy', words, { scope: 'platform', retryAfterSeconds: BUSY_SECONDS });
  if (code === 'access_token_invalid') return new PlatformFault('token', words);
  if (code === 'scope_not_authorized' || code === 'scope_permission_missed')
    return new PlatformFault('revoked', words);
  return new PlatformFault(status >= 500 || code === null ? 'no_answer' : 'refused', words);
}

/** What is wrong with an answer of the token endpoint, which may be 200 for an error, or null. */
export function tiktokTokenFault(status: number, body: Json): PlatformFault | null {
  const error = textAt(body, 'error');
  if (status === 200 && error === null) return null;
  const words = `TikTok answered ${status}: ${error ?? 'no error'}`;
  if (status === 429) return new PlatformFault('busy', words, { scope: 'platform' });
  return new PlatformFault(error === 'invalid_grant' ? 'revoked' : 'no_answer', words);
}

/** The tokens of an answer; null when one is missing. Refresh tokens are good for one use. */
export function tiktokTokens(body: Json, now: Date): Tokens | null {
  const accessToken = textAt(body, 'access_token');
  const refreshToken = textAt(body, 'refresh_token');
  const expiresAt = expiryOf(jsonAt(body, 'expires_in'), now);
  if (!accessToken || !refreshToken || !expiresAt) return null;
  return { accessToken, refreshToken, expiresAt, scopes: (textAt(body, 'scope') ?? '').split(',') };
}

/** The account; null when it has no name. */
export function tiktokProfile(body: Json): Profile | null {
  const platformUserId = textAt(body, 'data', 'user', 'open_id');
  const handle = textAt(body, 'data', 'user', 'username');
  if (!platformUserId || !handle) return null;
  const followers = exactCount(jsonAt(body, 'data', 'user', 'follower_count')) ?? null;
  return { platformUserId, handle, followers, feed: null };
}

/** The account's videos of an answer; one without id, address or time is left out. */
export function tiktokPosts(body: Json, authorPlatformId: string): FoundPost[] {
  return listAt(body, 'data', 'videos').flatMap((video): FoundPost[] => {
    const platformPostId = textAt(video, 'id');
    const address = postOfUrl(textAt(video, 'share_url') ?? '');
    const seconds = exactCount(jsonAt(video, 'create_time'));
    if (!platformPostId || address?.platform !== 'tiktok' || seconds === undefined) return [];
    return [
      {
        platformPostId,
        url: address.url,
        publishedAt: new Date(seconds * 1_000),
        authorPlatformId,
        text: joined(textAt(video, 'title'), textAt(video, 'video_description')),
        metrics: metricsOf<ToldMetric<'tiktok'>>({
          like: jsonAt(video, 'like_count'),
          view: jsonAt(video, 'view_count'),
          share: jsonAt(video, 'share_count'),
          comment: jsonAt(video, 'comment_count'),
        }),
      },
    ];
  });
}

/** That an answer has no list of videos where one belongs; an empty one is none. */
export function tiktokListFault(body: Json): PlatformFault | null {
  if (Array.isArray(jsonAt(body, 'data', 'videos'))) return null;
  return new PlatformFault('no_answer', 'TikTok answered without a list of videos');
}

/** What the videos of an answer are called; null for one without a name. */
export function tiktokNames(body: Json): (string | null)[] {
  return listAt(body, 'data', 'videos').map((video) => textAt(video, 'id'));
}

/** Where the next page of a list begins; null on the last one. */
export function tiktokCursor(body: Json): number | null {
  if (jsonAt(body, 'data', 'has_more') !== true) return null;
  return exactCount(jsonAt(body, 'data', 'cursor')) ?? null;
}

/** Videos have their description as title too. */
function joined(title: string | null, description: string | null): string {
  return [...new Set([title, description])].filter(Boolean).join('\n');
}
