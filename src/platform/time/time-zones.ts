import { IANAZone } from 'luxon';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Their usual names: to look for one of them costs less than to try it out. */
const USUAL = new Set(['UTC', ...Intl.supportedValuesOf('timeZone')]);

/** Names that PostgreSQL does not know, or takes for other clocks: it has those of `CET` without summer time. */
const OTHER_CLOCKS =
  /^(a[cegrs]t|b[es]t|[cemw]et|cat|c[ns]t|ctt|e[ac]t|i[es]t|jst|mit|n[es]t|p[lnrs]t|sst|vst|systemv\/.*|us\/pacific-new|canada\/east-saskatchewan)$/i;

/** Whether the name is an IANA time zone, which PostgreSQL knows as well (an offset such as `+02:00` is not). */
export function isTimeZone(name: string): boolean {
  if (USUAL.has(name)) return true;
  return /^[A-Za-z]/.test(name) && !OTHER_CLOCKS.test(name) && IANAZone.isValidZone(name);
}

/** How far the zone's clocks are ahead of UTC at an instant, in milliseconds. */
export function zoneOffsetMs(timeZone: string, epochMs: number): number {
  return IANAZone.create(timeZone).offset(epochMs) * MINUTE_MS;
}

/**
 * The instant at which the zone's clocks show a wall time. One that comes twice is meant when it comes first; one that
 * the clocks skip is read by the offset before they were moved, so that 02:30 becomes 03:30 (as RFC 5545, 3.3.5, has
 * it).
 * @param wallMs the wall time as if it were UTC, in milliseconds since 1970
 */
export function instantOfWallTime(timeZone: string, wallMs: number): number {
  const zone = IANAZone.create(timeZone);
  // No zone is further than 14 hours from UTC: these offsets are those in force before and after the instant.
  const before = zone.offset(wallMs - DAY_MS) * MINUTE_MS;
  const after = zone.offset(wallMs + DAY_MS) * MINUTE_MS;
  const shown = [wallMs - before, wallMs - after].filter(
    (instant) => instant + zone.offset(instant) * MINUTE_MS === wallMs,
  );
  return shown.length > 0 ? Math.min(...shown) : wallMs - before;
}

/** The day that the zone's calendar shows at an instant, as days since 1970-01-01. */
export function dayNumberAt(timeZone: string, epochMs: number): number {
  return Math.floor((epochMs + zoneOffsetMs(timeZone, epochMs)) / DAY_MS);
}

/**
 * The first instant of a zone's day, in milliseconds since 1970. Midnight may be missing, come twice, or the whole day
 * may be missing, so every offset in force around it is tried and the earliest instant that already is that day (or a
 * later one) is taken.
 * @param day as days since 1970-01-01
 */
export function startOfDayNumber(timeZone: string, day: number): number {
  const utcMidnight = day * DAY_MS;
  let earliest = Number.POSITIVE_INFINITY;
  for (const hours of [-36, -12, 0, 12, 36]) {
    const candidate = utcMidnight - zoneOffsetMs(timeZone, utcMidnight + hours * HOUR_MS);
    if (candidate < earliest && dayNumberAt(timeZone, candidate) >= day) earliest = candidate;
  }
  return earliest;
}

/**
 * The first instant of a zone's day, or of the one so many days after it: where one day ends, the next one begins.
 * @param day YYYY-MM-DD
 */
export function startOfDay(timeZone: string, day: string, daysAfter = 0): Date {
  return new Date(startOfDayNumber(timeZone, Date.parse(day) / DAY_MS + daysAfter));
}

/** The first of a zone's days that begins at the instant or after it, as YYYY-MM-DD. */
export function firstDayFrom(timeZone: string, at: Date): string {
  const epochMs = at.getTime();
  let day = dayNumberAt(timeZone, epochMs);
  // Clocks set back over midnight show the day before once more; a day that never was begins with the one after it.
  while (startOfDayNumber(timeZone, day) < epochMs) day += 1;
  while (startOfDayNumber(timeZone, day - 1) >= epochMs) day -= 1;
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
