/** Failed sign-ins that lock a user, and the window they are counted in (rule 10.1). */
export const FAILURES_TO_LOCK = 5;
export const FAILURE_WINDOW_SECONDS = 15 * 60;

/** Start of the window that ends now; a failure at the very start no longer counts. */
export function failureWindowStart(now: Date): Date {
  return new Date(now.getTime() - FAILURE_WINDOW_SECONDS * 1_000);
}

/** What the decision to lock looks at. */
export interface LockOutFacts {
  /** Failures within the window, the present one included. */
  recentFailures: number;
  locked: boolean;
  /** Blocked, which a mailed link must not be able to undo, or invited, who has no password to guess. */
  blocked: boolean;
}

/** Whether a failure locks the user, which mails the one unlock link (rule 10.1). */
export function locks({ recentFailures, locked, blocked }: LockOutFacts): boolean {
  return recentFailures >= FAILURES_TO_LOCK && !locked && !blocked;
}
