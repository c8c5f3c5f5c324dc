/** Failed sign-ins that lock a user, and the window they are counted in (rule 10.1). */
export const FAILURES_TO_LOCK = 5;
export const FAILURE_WINDOW_SECONDS = 15 * 60;

/** Start of the window that ends now. */
export function failureWindowStart(now: Date): Date {
  return new Date(now.getTime() - FAILURE_WINDOW_SECONDS * 1_000);
}
