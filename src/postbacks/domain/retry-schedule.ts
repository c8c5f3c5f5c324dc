const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Wait before each attempt, in ms (rule 5.3); the first goes at once. */
const WAITS_MS = [
  0,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
] as const;

/** Share by which a wait is made shorter or longer, so that failed deliveries do not come back all at once. */
const SPREAD = 0.2;
/** A receiver may ask for a longer wait than planned, but not for more than this. */
const LONGEST_WAIT_MS = 24 * HOUR;

/** Attempts that a delivery gets in all. */
export const MAX_ATTEMPTS = WAITS_MS.length;

/**
 * When to try again, or null when there are no attempts left.
 * @param attempts attempts made so far, at least one
 * @param at end of the last attempt
 * @param random a number in [0, 1) that spreads the wait by ± 20 %
 * @param retryAfterMs wait that the receiver asked for; prolongs the planned one, to a day at most
 */
export function nextAttemptAt(
  attempts: number,
  at: Date,
  random: number,
  retryAfterMs: number | null = null,
): Date | null {
  const planned = WAITS_MS[attempts];
  if (planned === undefined) return null;
  const spread = planned * (1 + SPREAD * (2 * random - 1));
  const wait = Math.max(spread, Math.min(retryAfterMs ?? 0, LONGEST_WAIT_MS));
  return new Date(at.getTime() + Math.round(wait));
}

/**
 * About when the last attempt will be if all fail, by the plan without its spread.
 * @param attempts attempts made so far
 * @param nextAt when the next one is due
 */
export function lastAttemptAround(attempts: number, nextAt: Date): Date {
  const waits = WAITS_MS.slice(attempts + 1).reduce((sum, wait) => sum + wait, 0);
  return new Date(nextAt.getTime() + waits);
}

/**
 * Reads a `Retry-After` header (RFC 9110 §10.2.3: seconds or a date), in ms from `now`; null when there is none
 * that can be read.
 */
export function retryAfterMs(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null;
  if (/^\s*\d{1,10}\s*$/.test(header)) return Number(header) * SECOND;
  if (!/^\s*[A-Z][a-z]{2}[a-z]*,? /.test(header)) return null;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}
