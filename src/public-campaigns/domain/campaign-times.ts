import { DateTime } from 'luxon';
import { instantOfWallTime } from '../../platform/time/time-zones.js';

/** A day, a wall time, or an instant with its offset; what hours and days there are luxon knows, but for 24:00. */
const FORM =
  /^2\d{3}-\d{2}-\d{2}(?:T(?!24)\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?)?$/;

/**
 * The instant that a brand means by a time of its campaign: an RFC 3339 time as it stands; a wall time, or the beginning
 * of a day, by the clocks of the campaign's zone; from the year 2000 on. Null for anything else.
 */
export function instantIn(timeZone: string, text: string): Date | null {
  const form = FORM.exec(text);
  const read = form && DateTime.fromISO(text, { zone: 'utc' });
  if (!form || !read?.isValid) return null;
  return form[1] === undefined ? new Date(instantOfWallTime(timeZone, read.toMillis())) : read.toJSDate();
}

/** When a campaign runs and when posts count: both half-open. */
export interface CampaignTimes {
  startsAt: Date;
  endsAt: Date;
  postingFrom: Date;
  postingUntil: Date;
}

/** The first of the times that is out of order, and how it must be; null when all are in order. */
export function timeFault({
  startsAt,
  endsAt,
  postingFrom,
  postingUntil,
}: CampaignTimes): { path: keyof CampaignTimes; message: string } | null {
  if (endsAt <= startsAt) return { path: 'endsAt', message: 'must be after startsAt' };
  if (postingFrom < startsAt) return { path: 'postingFrom', message: 'must not be before startsAt' };
  if (postingUntil > endsAt) return { path: 'postingUntil', message: 'must not be after endsAt' };
  if (postingUntil <= postingFrom) return { path: 'postingUntil', message: 'must be after postingFrom' };
  return null;
}
