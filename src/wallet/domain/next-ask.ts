const SHORTEST_SECONDS = 15;
const LONGEST_SECONDS = 3_600;
const DAY_SECONDS = 86_400;

/** PayPal knows a batch by its sender's id for 30 days; one is left for clocks and queues. */
const ASK_AGAIN_DAYS = 29;
/** What nobody claims is returned after 30 days. */
const FOLLOW_DAYS = 45;

/**
 * Seconds until a provider is asked the next time: twice as long each time, an hour at most.
 * @param asked how often it was asked since it said something new
 * @param wish of the provider (`Retry-After`), kept where it is longer
 */
export function secondsUntilNextAsk(asked: number, wish = 0): number {
  const doubled = SHORTEST_SECONDS * 2 ** Math.min(asked, 20);
  return Math.min(Math.max(Math.min(doubled, LONGEST_SECONDS), wish), DAY_SECONDS);
}

/** When a provider is asked the next time; the parameters are those of {@link secondsUntilNextAsk}. */
export function nextAsk(now: Date, asked: number, wish?: number): Date {
  return new Date(now.getTime() + secondsUntilNextAsk(asked, wish) * 1_000);
}

/**
 * Whether the provider may still be asked about a batch: before it has confirmed the batch only while it would
 * recognise it, afterwards until every payment must have ended.
 */
export function mayAskAgain(firstAttemptAt: Date, now: Date, confirmed: boolean): boolean {
  const days = confirmed ? FOLLOW_DAYS : ASK_AGAIN_DAYS;
  return now.getTime() - firstAttemptAt.getTime() < days * DAY_SECONDS * 1_000;
}
