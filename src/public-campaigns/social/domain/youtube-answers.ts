import { type Json, jsonAt, listAt, textAt } from '../../../platform/json/json-parts.js';
import { postOfUrl } from '../../domain/post-url.js';
import type { ToldMetric } from '../../domain/told-metrics.js';
import { exactCount, expiryOf, type FoundPost, metricsOf, type Profile, type Tokens } from './found-post.js';
import { PlatformFault } from './platform-fault.js';

const QUOTA = ['quotaExceeded', 'dailyLimitExceeded'];
const TOO_FAST = ['rateLimitExceeded', 'userRateLimitExceeded'];
const REVOKED = ['insufficientPermissions', 'youtubeSignupRequired', 'accountClosed', 'accountSuspended'];

/** A name for a video that a playlist lists. */
export interface Upload {
  videoId: string;
  /** Null while it is not published. */
  publishedAt: Date | null;
}

/** What is wrong with an answer of the API, or null. (developers.google.com/youtube/v3/docs/errors.) */
export function youtubeFault(status: number, body: Json): PlatformFault | null {
  if (status === 200 && Array.isArray(jsonAt(body, 'items'))) return null;
  const reason = textAt(listAt(body, 'error', 'errors')[0], 'reason') ?? textAt(body, 'error', 'status');
  const words = `YouTube answered ${status}: ${reason ?? 'no reason'}`;
  // The quota is the program's, and is given anew at midnight in California: the budget of the day knows.
  if (QUOTA.includes(reason ?? ''))
    return new PlatformFault('busy', words, { scope: 'platform', retryAfterSeconds: 3_600 });
  if (status === 429 || TOO_FAST.includes(reason ?? ''))
    return new PlatformFault('busy', words, { scope: 'platform' });
  if (status === 401) return new PlatformFault('token', words);
  if (REVOKED.includes(reason ?? '')) return new PlatformFault('revoked', words);
  return new PlatformFault(status >= 400 && status < 500 ? 'refused' : 'no_answer', words);
}

/** What is wrong with an answer of the token endpoint, or null (RFC 6749, section 5.2). */
export function youtubeTokenFault(status: number, body: Json): PlatformFault | null {
  if (status === 200) return null;
  const error = textAt(body, 'error');
  const words = `Google answered ${status}: ${error ?? 'no error'}`;
  if (status === 429) return new PlatformFault('busy', words, { scope: 'platform' });
  return new PlatformFault(error === 'invalid_grant' ? 'revoked' : 'no_answer', words);
}

/** The tokens of an answer; null when one is missing. @param known refresh token, which Google gives once only */
export function youtubeTokens(body: Json, known: string | null, now: Date): Tokens | null {
  const accessToken = textAt(body, 'access_token');
  const refreshToken = textAt(body, 'refresh_token') ?? known;
  const expiresAt = expiryOf(jsonAt(body, 'expires_in'), now);
  if (!accessToken || !refreshToken || !expiresAt) return null;
  return { accessToken, refreshToken, expiresAt, scopes: (textAt(body, 'scope') ?? '').split(' ') };
}

/** The signed-in person's channel; null when it has none, or one without a handle. */
export function youtubeProfile(body: Json): Profile | null {
  const [channel] = listAt(body, 'items');
  const platformUserId = textAt(channel, 'id');
  const handle = textAt(channel, 'snippet', 'customUrl');
  const feed = textAt(channel, 'contentDetails', 'relatedPlaylists', 'uploads');
  if (!platformUserId || !handle || !feed) return null;
  const hidden = jsonAt(channel, 'statistics', 'hiddenSubscriberCount') === true;
  const followers = exactCount(jsonAt(channel, 'statistics', 'subscriberCount')) ?? null;
  return { platformUserId, handle, followers: hidden ? null : followers, feed };
}

/** The videos that a page of a playlist names. */
export function youtubeUploads(body: Json): Upload[] {
  return listAt(body, 'items').flatMap((item): Upload[] => {
    const videoId = textAt(item, 'contentDetails', 'videoId');
    if (!videoId) return [];
    return [{ videoId, publishedAt: timeOf(textAt(item, 'contentDetails', 'videoPublishedAt')) }];
  });
}

/** Where the next page begins; null on the last one. */
export function youtubeNextPage(body: Json): string | null {
  return textAt(body, 'nextPageToken');
}

/** The videos of an answer, of whatever channel; one without id, author or time is left out. */
export function youtubePosts(body: Json): FoundPost[] {
  return listAt(body, 'items').flatMap((video): FoundPost[] => {
    const platformPostId = textAt(video, 'id');
    const authorPlatformId = textAt(video, 'snippet', 'channelId');
    const publishedAt = timeOf(textAt(video, 'snippet', 'publishedAt'));
    const address = postOfUrl(`https://www.youtube.com/watch?v=${platformPostId ?? ''}`);
    if (!platformPostId || !authorPlatformId || !publishedAt || !address) return [];
    const tags = listAt(video, 'snippet', 'tags').filter((tag) => typeof tag === 'string');
    return [
      {
        platformPostId,
        url: address.url,
        publishedAt,
        authorPlatformId,
        text: [
          textAt(video, 'snippet', 'title'),
          textAt(video, 'snippet', 'description'),
          ...tags.map((tag) => `#${tag.replaceAll(/\s/g, '')}`),
        ]
          .filter(Boolean)
          .join('\n'),
        metrics: metricsOf<ToldMetric<'youtube'>>({
          like: jsonAt(video, 'statistics', 'likeCount'),
          view: jsonAt(video, 'statistics', 'viewCount'),
          comment: jsonAt(video, 'statistics', 'commentCount'),
        }),
      },
    ];
  });
}

/** What the videos of an answer are called; null for one without a name. */
export function youtubeNames(body: Json): (string | null)[] {
  return listAt(body, 'items').map((video) => textAt(video, 'id'));
}

function timeOf(text: string | null): Date | null {
  const time = new Date(text ?? '');
  return Number.isNaN(time.getTime()) ? null : time;
}
