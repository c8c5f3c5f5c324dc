/** Instagram's tokens of sixty days are renewed ten days early; it renews none that is younger than a day. */
const LONGEST_MARGIN_MS = 10 * 86_400_000;
/** Of the token's life that is left when it is renewed. */
const MARGIN = 4;
const FIRST_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 3_600_000;

/** When a token is renewed: in the last quarter of its life, and ten days before its end at the earliest. */
export function refreshAt(now: Date, expiresAt: Date): Date {
  const left = Math.max(0, expiresAt.getTime() - now.getTime());
  return new Date(expiresAt.getTime() - Math.min(left / MARGIN, LONGEST_MARGIN_MS));
}

/** When to try again what a platform did not answer: after a minute, then twice as long each time, up to an hour. */
export function retryAt(now: Date, failures: number): Date {
  const wait = Math.min(FIRST_RETRY_MS * 2 ** Math.min(failures, 10), LONGEST_RETRY_MS);
  return new Date(now.getTime() + wait);
}
