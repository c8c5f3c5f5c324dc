import { dayNumberAt, startOfDayNumber } from '../../platform/time/time-zones.js';

/** How often a plan is billed. */
export const PERIOD_KINDS = ['daily', 'weekly', 'monthly'] as const;

export type PeriodKind = (typeof PERIOD_KINDS)[number];

/** A billing period: the half-open span `[start, end)`. */
export interface Period {
  readonly start: Date;
  readonly end: Date;
}

/** A local calendar date, as days since 1970-01-01. */
type LocalDay = number;

const DAY_MS = 86_400_000;

/** The first local day of the period of this kind that holds the day, moved by a number of periods. */
function firstDay(kind: PeriodKind, day: LocalDay, shift: number): LocalDay {
  if (kind === 'daily') return day + shift;
  // 1970-01-01 was a Thursday: day −3 is a Monday, the first day of an ISO week.
  if (kind === 'weekly') return day - ((((day + 3) % 7) + 7) % 7) + 7 * shift;
  const date = new Date(day * DAY_MS);
  // Not Date.UTC, which takes the years 0 to 99 for those of the 20th century.
  return date.setUTCFullYear(date.getUTCFullYear(), date.getUTCMonth() + shift, 1) / DAY_MS;
}

/**
 * The period of the kind, in the zone's calendar, that holds the instant (weeks start on Monday, ISO 8601).
 * Periods of a zone tile time: each ends where the next one starts, whatever the clocks do.
 */
export function periodContaining(kind: PeriodKind, timeZone: string, instant: Date): Period {
  const at = instant.getTime();
  const boundary = (day: LocalDay): number => startOfDayNumber(timeZone, day);
  let first = firstDay(kind, dayNumberAt(timeZone, at), 0);
  // Clocks set back over midnight show the day before once more: those minutes stay in the period already begun.
  while (at < boundary(first)) first = firstDay(kind, first, -1);
  while (at >= boundary(firstDay(kind, first, 1))) first = firstDay(kind, first, 1);
  return { start: new Date(boundary(first)), end: new Date(boundary(firstDay(kind, first, 1))) };
}

/** The period right after. */
export function nextPeriod(kind: PeriodKind, timeZone: string, period: Period): Period {
  return periodContaining(kind, timeZone, period.end);
}

/**
 * The periods that had closed by `until` (their end is not after it), oldest first, beginning with the one that
 * holds `from`.
 */
export function closedPeriods(kind: PeriodKind, timeZone: string, from: Date, until: Date): Period[] {
  const periods: Period[] = [];
  let period = periodContaining(kind, timeZone, from);
  while (period.end.getTime() <= until.getTime()) {
    periods.push(period);
    period = nextPeriod(kind, timeZone, period);
  }
  return periods;
}

/** The last period that had closed by `until`. */
export function lastClosedPeriod(kind: PeriodKind, timeZone: string, until: Date): Period {
  const open = periodContaining(kind, timeZone, until);
  return periodContaining(kind, timeZone, new Date(open.start.getTime() - 1));
}
