import { DateTime } from 'luxon';

/** Calls that may be made until a time. */
export interface Budget {
  calls: number;
  windowEndsAt: Date;
}

/** TikTok allows 600 calls of each kind a minute to the program: half of it leaves room for what else it does. */
const TIKTOK_CALLS_A_MINUTE = 300;
/** Instagram counts by account, 200 an hour for each; the program as a whole has no limit of its own beside it. */
const CALLS_OF_ACCOUNT_AN_HOUR = 180;
/** Where Google's day ends, and the quota is given anew. */
const GOOGLE_ZONE = 'America/Los_Angeles';
const FIRST_REST_SECONDS = 60;
const LONGEST_REST_SECONDS = 3_600;

/** What the program may call of a platform in a window that begins now; null where it is counted by account only. */
export function platformBudget(platform: string, now: Date, youtubeDailyQuota: number): Budget | null {
  if (platform === 'tiktok') return { calls: TIKTOK_CALLS_A_MINUTE, windowEndsAt: later(now, 60) };
  if (platform !== 'youtube') return null;
  const midnight = DateTime.fromJSDate(now, { zone: GOOGLE_ZONE }).startOf('day').plus({ days: 1 });
  return { calls: youtubeDailyQuota, windowEndsAt: midnight.toJSDate() };
}

/** What may be called for one account in a window that begins now. */
export function accountBudget(now: Date): Budget {
  return { calls: CALLS_OF_ACCOUNT_AN_HOUR, windowEndsAt: later(now, 3_600) };
}

/** How long to leave a platform alone that does not say: a minute, then twice as long each time, up to an hour. */
export function restSeconds(rests: number): number {
  return Math.min(FIRST_REST_SECONDS * 2 ** Math.min(rests, 10), LONGEST_REST_SECONDS);
}

function later(now: Date, seconds: number): Date {
  return new Date(now.getTime() + seconds * 1_000);
}
