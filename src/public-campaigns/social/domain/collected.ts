import { missingTags } from '../../domain/post-check.js';
import type { FoundPost } from './found-post.js';

/** What tells whether a post was made for a campaign. */
export interface CampaignPosting {
  postingFrom: Date;
  postingUntil: Date;
  /** Normalised. */
  requiredTags: readonly string[];
}

/**
 * Whether a post that nobody gave us is meant for the campaign: made while posts count, and with one of its tags where
 * it has some. What else its creator posts is not the campaign's to see.
 */
export function isMeantFor(
  { publishedAt, text }: FoundPost,
  { postingFrom, postingUntil, requiredTags }: CampaignPosting,
): boolean {
  if (publishedAt < postingFrom || publishedAt >= postingUntil) return false;
  return requiredTags.length === 0 || missingTags(text, requiredTags).length < requiredTags.length;
}

const DAY_MS = 86_400_000;
const LOOK_MS = 15 * 60_000;
/** Of so many looks, one asks for what an older post costs a call of its own. */
const LOOKS = 8;

/**
 * Whether a look asks for a post's insights, which take a call for each: every look in the first two days, then one
 * in eight, not the same one for all posts.
 */
export function insightsDue({ publishedAt, platformPostId }: FoundPost, now: Date): boolean {
  if (now.getTime() - publishedAt.getTime() < 2 * DAY_MS) return true;
  const turn = [...platformPostId].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  return (Math.floor(now.getTime() / LOOK_MS) + turn) % LOOKS === 0;
}
