/** Which of the ECB's files: the last day's rates, those of ninety days, or all since 1999. */
export type EcbFile = 'daily' | 'ninetyDays' | 'all';

const DAY_MS = 86_400_000;
/**
 * The ECB publishes around 16:00 in Frankfurt, which is 14:00 or 15:00 UTC; an hour later the new rates are looked for.
 */
const PUBLISHED_BY_UTC_HOUR = 16;
/** Fewer than ninety: the file may lag behind by a few days. */
const NINETY_DAYS_REACH = 85;

/**
 * The smallest file that brings what is missing, or null when nothing can be.
 * @param newest the last UTC day whose rates are there; null for none
 */
export function dueEcbFile(newest: string | null, now: Date): EcbFile | null {
  if (newest === null) return 'all';
  const last = Date.parse(newest);
  const expected = lastPublished(now);
  if (last >= expected) return null;
  // The daily file holds one day: it is enough when that is the only one that is missing.
  if (last === workingDayBefore(expected)) return 'daily';
  return expected - last <= NINETY_DAYS_REACH * DAY_MS ? 'ninetyDays' : 'all';
}

/** Midnight (UTC) of the last day whose rates should be there. Holidays count as days: their rates never come. */
function lastPublished(now: Date): number {
  const today = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const published = now.getUTCHours() >= PUBLISHED_BY_UTC_HOUR && !isWeekend(today);
  return published ? today : workingDayBefore(today);
}

function workingDayBefore(day: number): number {
  let before = day - DAY_MS;
  while (isWeekend(before)) before -= DAY_MS;
  return before;
}

function isWeekend(day: number): boolean {
  return [0, 6].includes(new Date(day).getUTCDay());
}
