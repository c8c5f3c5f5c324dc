/** A lost answer may be asked for again with the old token for this long (rule 10.3). */
export const REUSE_GRACE_SECONDS = 10;

/** What is known of a refresh token. */
export interface RefreshToken {
  expiresAt: Date;
  /** When it was swapped first; null while unused. */
  usedAt: Date | null;
}

/**
 * What a refresh token is good for: `swap` it for new tokens, `refuse` it, or, when it was used before, `end` the whole
 * family, for one of its two holders is a thief (rule 10.3, RFC 9700 §4.14).
 */
export function refreshDecision({ expiresAt, usedAt }: RefreshToken, now: Date): 'swap' | 'refuse' | 'end' {
  if (usedAt && now.getTime() - usedAt.getTime() > REUSE_GRACE_SECONDS * 1_000) return 'end';
  return expiresAt.getTime() > now.getTime() ? 'swap' : 'refuse';
}
