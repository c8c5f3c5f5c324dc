const DAY_MS = 24 * 60 * 60 * 1_000;

/** A postback is disabled after so many failures in a row, or when they have lasted so long (rule 5.3). */
export const MAX_FAILURES = 100;
export const MAX_FAILING_MS = 5 * DAY_MS;

/** Failures in a row of one postback. */
export interface FailureStreak {
  readonly failures: number;
  /** Time of the first of them; null when there is none. */
  readonly since: Date | null;
}

/** What a streak leads to: nothing, a warning at half the limit, or the end. */
export type StreakVerdict = 'fine' | 'warn' | 'disable';

export const NO_FAILURES: FailureStreak = { failures: 0, since: null };

/** The streak after one more attempt. */
export function afterAttempt(streak: FailureStreak, succeeded: boolean, at: Date): FailureStreak {
  if (succeeded) return NO_FAILURES;
  return { failures: streak.failures + 1, since: streak.since ?? at };
}

/** Judges a streak at the time of its latest failure. */
export function judge({ failures, since }: FailureStreak, at: Date): StreakVerdict {
  const lastedMs = since ? at.getTime() - since.getTime() : 0;
  if (failures >= MAX_FAILURES || lastedMs >= MAX_FAILING_MS) return 'disable';
  return failures >= MAX_FAILURES / 2 || lastedMs >= MAX_FAILING_MS / 2 ? 'warn' : 'fine';
}
