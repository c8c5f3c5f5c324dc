import { instantOfWallTime, zoneOffsetMs } from '../../platform/time/time-zones.js';

/** Days of the week in their order (ISO 8601). */
export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** On which days a schedule asks for money. */
export const FREQUENCIES = ['daily', 'weekdays', 'dates'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** When a schedule asks for money (rule 4.4). */
export interface ScheduleTimes {
  readonly frequency: Frequency;
  /** Of `weekdays`: at least one; else empty. */
  readonly weekdays: readonly Weekday[];
  /** Of `dates`: days of the month, 1 to 31, at least one; else empty. */
  readonly dates: readonly number[];
  /** `HH:MM` on the clocks of the zone. */
  readonly time: string;
  /** IANA name. */
  readonly timeZone: string;
}

/** One time of a schedule. */
export interface Occurrence {
  /** Local calendar date, `YYYY-MM-DD`. A schedule has one occurrence a date, whatever the clocks do. */
  readonly date: string;
  readonly at: Date;
}

/** Days since 1970-01-01. */
type Day = number;

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** What is wrong with the days of a schedule: the field and what it must be. */
export function daysFault(
  times: Pick<ScheduleTimes, 'frequency' | 'weekdays' | 'dates'>,
): { path: 'weekdays' | 'dates'; message: string } | null {
  for (const path of ['weekdays', 'dates'] as const) {
    const needed = times.frequency === path;
    if (needed && times[path].length === 0) return { path, message: 'must name at least one day' };
    if (!needed && times[path].length > 0)
      return { path, message: `is only for schedules with the frequency '${path}'` };
  }
  return null;
}

/**
 * The occurrences from a local date on, in their order, without end. Dates that a month does not have fall on its last
 * day, once even if several do (rule 4.4). A time that the clocks skip or show twice: see `instantOfWallTime`.
 * @param from `YYYY-MM-DD`
 */
function* occurrencesFrom(times: ScheduleTimes, from: string): Generator<Occurrence, void> {
  const [hours, minutes] = times.time.split(':').map(Number);
  const timeOfDayMs = (hours! * 60 + minutes!) * MINUTE_MS;
  for (let day: Day = Date.parse(from) / DAY_MS; ; day += 1) {
    if (!fallsOn(times, day)) continue;
    const at = new Date(instantOfWallTime(times.timeZone, day * DAY_MS + timeOfDayMs));
    yield { date: dateOf(day), at };
  }
}

/**
 * The next occurrences after an instant, oldest first.
 * @param workedOff the last date whose occurrence has been worked off: it and those before do not come again, not even
 *   when a clock was set back
 */
export function nextOccurrences(
  times: ScheduleTimes,
  after: Date,
  workedOff: string | null,
  count: number,
): Occurrence[] {
  const today = Math.floor((after.getTime() + zoneOffsetMs(times.timeZone, after.getTime())) / DAY_MS);
  // A time that was skipped may be shown the day after.
  const from = dateOf(today - 1);
  const next: Occurrence[] = [];
  for (const occurrence of occurrencesFrom(times, workedOff && workedOff > from ? workedOff : from)) {
    if (occurrence.at > after && (workedOff === null || occurrence.date > workedOff)) next.push(occurrence);
    if (next.length === count) break;
  }
  return next;
}

/** The occurrences from a local date on whose time has come, oldest first. */
export function dueOccurrences(times: ScheduleTimes, from: string, now: Date): Occurrence[] {
  const due: Occurrence[] = [];
  for (const occurrence of occurrencesFrom(times, from)) {
    if (occurrence.at > now) break;
    due.push(occurrence);
  }
  return due;
}

function fallsOn({ frequency, weekdays, dates }: ScheduleTimes, day: Day): boolean {
  if (frequency === 'daily') return true;
  // 1970-01-01 was a Thursday.
  if (frequency === 'weekdays') return weekdays.includes(WEEKDAYS[(((day + 3) % 7) + 7) % 7]!);
  const date = new Date(day * DAY_MS).getUTCDate();
  const last = new Date((day + 1) * DAY_MS).getUTCDate() === 1;
  return dates.some((wanted) => wanted === date || (last && wanted > date));
}

function dateOf(day: Day): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** When a schedule asks for money, for people: `every Monday and Friday at 09:00 (Europe/Berlin)`. */
export function timesInWords({ frequency, weekdays, dates, time, timeZone }: ScheduleTimes): string {
  const days = {
    daily: 'every day',
    weekdays: `every ${inWords(weekdays.map((day) => day[0]!.toUpperCase() + day.slice(1)))}`,
    dates: `every month on the ${inWords(dates.map(String))}`,
  };
  return `${days[frequency]} at ${time} (${timeZone})`;
}

function inWords(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
