import { DateTime } from 'luxon';
import { lastClosedPeriod, type Period, periodContaining, type PeriodKind } from '../commissions/index.js';

/** When a plan bills. */
export interface BillingCalendar {
  readonly period: PeriodKind;
  /** IANA name. */
  readonly timeZone: string;
}

/**
 * The last period of the plan that had closed both by the end of the day `through` (YYYY-MM-DD, in the plan's zone)
 * and by the clock: a period that is not yet over is never billed.
 */
export function lastDuePeriod({ period, timeZone }: BillingCalendar, through: string, now: Date): Period {
  const noon = DateTime.fromISO(`${through}T12:00:00`, { zone: timeZone }).toJSDate();
  const endOfDay = periodContaining('daily', timeZone, noon).end;
  return lastClosedPeriod(period, timeZone, endOfDay < now ? endOfDay : now);
}

/** Until when a bill of the period is held: so many days of the zone's calendar after its end; null for none. */
export function heldUntil(period: Period, timeZone: string, holdDays: number): Date | null {
  if (holdDays === 0) return null;
  return DateTime.fromJSDate(period.end, { zone: timeZone }).plus({ days: holdDays }).toJSDate();
}

/** First and last day of a period in the plan's zone, both inclusive, as YYYY-MM-DD. */
export function daysOf(period: Period, timeZone: string): { firstDay: string; lastDay: string } {
  const dayAt = (ms: number): string => DateTime.fromMillis(ms, { zone: timeZone }).toFormat('yyyy-MM-dd');
  return { firstDay: dayAt(period.start.getTime()), lastDay: dayAt(period.end.getTime() - 1) };
}
