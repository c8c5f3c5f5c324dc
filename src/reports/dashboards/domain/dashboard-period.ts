import { DateTime, type DurationLikeObject } from 'luxon';

export const CHART_UNITS = ['day', 'week', 'month'] as const;
export type ChartUnit = (typeof CHART_UNITS)[number];

/** Days of a zone, both included: YYYY-MM-DD. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** So many points a chart has at most. */
export const MOST_POINTS = 400;
/** Days beyond which a chart that does not say otherwise goes by weeks, and by months. */
const MOST_DAYS = 92;
const MOST_WEEK_DAYS = 731;

const dayOf = (day: string): DateTime<true> => DateTime.fromISO(day, { zone: 'utc' }) as DateTime<true>;

/** How many days that is. */
export function lengthOf({ from, to }: Days): number {
  return dayOf(to).diff(dayOf(from), 'days').days + 1;
}

/**
 * The period right before, to compare with: as many months where the days are whole months, else as many days.
 * February before 1 to 31 March, and the 30 days before the last 30.
 */
export function periodBefore({ from, to }: Days): Days {
  const [first, end] = [dayOf(from), dayOf(to).plus({ days: 1 })];
  const length: DurationLikeObject =
    first.day === 1 && end.day === 1
      ? { months: end.diff(first, 'months').months }
      : { days: lengthOf({ from, to }) };
  return { from: first.minus(length).toISODate(), to: first.minus({ days: 1 }).toISODate() };
}

/** The unit that gives a chart of the days a readable number of points. */
export function usualUnit(days: Days): ChartUnit {
  const length = lengthOf(days);
  if (length <= MOST_DAYS) return 'day';
  return length <= MOST_WEEK_DAYS ? 'week' : 'month';
}

/** First days of the units that the days lie in, in their order: weeks begin on Monday. */
export function pointsOf({ from, to }: Days, unit: ChartUnit): string[] {
  const points: string[] = [];
  const last = dayOf(to);
  for (let point = dayOf(from).startOf(unit); point <= last; point = point.plus({ [unit]: 1 })) {
    points.push(point.toISODate());
  }
  return points;
}
