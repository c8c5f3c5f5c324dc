import { DateTime } from 'luxon';

/** Days of a calendar, both included, as YYYY-MM-DD. */
export interface Days {
  from: string;
  to: string;
}

type Range = readonly [first: DateTime, last: DateTime];

/** Periods that end with today go through the day that has begun; weeks begin on Monday (ISO 8601). */
const RANGES = {
  today: (today) => [today, today],
  yesterday: (today) => [today.minus({ days: 1 }), today.minus({ days: 1 })],
  last_7_days: (today) => [today.minus({ days: 6 }), today],
  last_30_days: (today) => [today.minus({ days: 29 }), today],
  this_week: (today) => [today.startOf('week'), today],
  last_week: (today) => before(today, 'week'),
  this_month: (today) => [today.startOf('month'), today],
  last_month: (today) => before(today, 'month'),
  this_quarter: (today) => [today.startOf('quarter'), today],
  last_quarter: (today) => before(today, 'quarter'),
  this_year: (today) => [today.startOf('year'), today],
  last_year: (today) => before(today, 'year'),
} as const satisfies Record<string, (today: DateTime) => Range>;

/** A period by its name, for example `last_month`; it means other days every time. */
export type RelativePeriod = keyof typeof RANGES;

export const RELATIVE_PERIODS = Object.keys(RANGES) as RelativePeriod[];

/** What a saved report covers: always the same days, or those that a name means when it is run (rule 11.4). */
export type ReportPeriod = Days | RelativePeriod;

/**
 * The days that a period covers.
 * @param now when the report is run
 * @param timeZone IANA zone whose calendar counts
 */
export function daysOf(period: ReportPeriod, now: Date, timeZone: string): Days {
  if (typeof period !== 'string') return period;
  const { year, month, day } = DateTime.fromJSDate(now, { zone: timeZone });
  // Counted on a calendar without clocks: a zone may skip an hour, or a whole day.
  const [first, last] = RANGES[period](DateTime.utc(year, month, day));
  return { from: textOf(first), to: textOf(last) };
}

/** The whole week, month, quarter or year before the one that the day is in. */
function before(day: DateTime, unit: 'week' | 'month' | 'quarter' | 'year'): Range {
  const first = day.startOf(unit).minus({ [unit]: 1 });
  return [first, first.endOf(unit)];
}

function textOf(day: DateTime): string {
  return day.toFormat('yyyy-MM-dd');
}
