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
export function periodBefore(days: Days): Days {
  const { from, to } = days;
  const [first, end] = [dayOf(from), dayOf(to).plus({ days: 1 })];
  const length: DurationLikeObject = isWholeMonths(days)
    ? { months: end.diff(first, 'months').months }
    : { days: lengthOf(days) };
  return { from: first.minus(length).toISODate(), to: first.minus({ days: 1 }).toISODate() };
}

function isWholeMonths({ from, to }: Days): boolean {
  return dayOf(from).day === 1 && dayOf(to).plus({ days: 1 }).day === 1;
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

/**
 * The days of the period before that each point is compared with; null behind its end. In whole months a month faces
 * the one at its place, any other point the days that are as far from the first one; the last of them goes on to the
 * end, so that all the days before are in one of them.
 */
export function stretchesBefore(days: Days, unit: ChartUnit): (Days | null)[] {
  const before = periodBefore(days);
  const [first, firstBefore] = [dayOf(days.from), dayOf(before.from)];
  const starts =
    unit === 'month' && isWholeMonths(days)
      ? pointsOf(before, unit).map(dayOf)
      : pointsOf(days, unit).map((point) =>
          firstBefore.plus({ days: Math.max(0, dayOf(point).diff(first, 'days').days) }),
        );
  return starts.map((start, index) => {
    const next = starts[index + 1]?.minus({ days: 1 }).toISODate() ?? before.to;
    const from = start.toISODate();
    return from > before.to ? null : { from, to: next < before.to ? next : before.to };
  });
}
