import type { PostFault } from './post-state.js';

/** A required tag in its one spelling: lower case, NFKC, with its # or @; # where it has neither. */
export function normaliseTag(tag: string): string {
  const plain = tag.normalize('NFKC').toLowerCase().trim();
  return /^[#@]/.test(plain) ? plain : `#${plain}`;
}

const TAG_FORM = /^[#@][\p{L}\p{N}\p{M}_.]*[\p{L}\p{N}\p{M}_]$/u;
const TAGS_IN_TEXT = /[#@][\p{L}\p{N}\p{M}_.]+/gu;

/** Whether a tag, normalised, can stand in a post as one word. */
export function isTag(tag: string): boolean {
  return TAG_FORM.test(tag);
}

/** Tags of the list that the text lacks; `#autumn` is not in `#autumn2026`. @param tags normalised */
export function missingTags(text: string, tags: readonly string[]): string[] {
  const found = text.normalize('NFKC').toLowerCase().match(TAGS_IN_TEXT) ?? [];
  const carried = new Set(found.map((tag) => tag.replace(/\.+$/, '')));
  return tags.filter((tag) => !carried.has(tag));
}

/** A post as its platform shows it. */
export interface FoundPost {
  publishedAt: Date;
  authorPlatformId: string;
  text: string;
}

/** What a post must fulfil to count. */
export interface PostTerms {
  postingFrom: Date;
  postingUntil: Date;
  requiredTags: readonly string[];
  /** The joined account, as its platform names it. */
  platformUserId: string;
  /** Whether its creator was suspended when it was published. */
  suspended: boolean;
}

/**
 * Why a post does not count, the gravest reason first; null when nothing is in its way (E06, rule 7.3). Whether its
 * address is new and whether there is budget left, the caller knows.
 */
export function postFault(
  post: FoundPost,
  { postingFrom, postingUntil, requiredTags, platformUserId, suspended }: PostTerms,
): PostFault | null {
  if (post.authorPlatformId !== platformUserId) return 'WRONG_ACCOUNT';
  if (suspended) return 'SUSPENDED';
  if (post.publishedAt < postingFrom || post.publishedAt >= postingUntil) return 'OUTSIDE_PERIOD';
  return missingTags(post.text, requiredTags).length > 0 ? 'MISSING_TAG' : null;
}
