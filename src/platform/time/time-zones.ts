import { IANAZone } from 'luxon';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Their usual names: to look for one of them costs less than to try it out. */
const USUAL = new Set(['UTC', ...Intl.supportedValuesOf('timeZone')]);

/** Whether the name is an IANA time zone (an offset such as `+02:00` is not). */
export function isTimeZone(name: string): boolean {
  return USUAL.has(name) || (/^[A-Za-z]/.test(name) && IANAZone.isValidZone(name));
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
