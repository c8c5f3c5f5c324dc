const HOUR_MS = 60 * 60 * 1_000;
const MINUTE_MS = 60 * 1_000;

/** Minute of every hour at which what is due is billed. */
export const RUN_MINUTE = 5;

/** When the first bill run at or after the instant begins: runs look every hour for periods that are over. */
export function nextRunFrom(at: Date): Date {
  const offset = RUN_MINUTE * MINUTE_MS;
  return new Date(Math.ceil((at.getTime() - offset) / HOUR_MS) * HOUR_MS + offset);
}
