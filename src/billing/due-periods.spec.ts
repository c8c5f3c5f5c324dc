import { describe, expect, it } from 'vitest';
import type { PeriodKind } from '../commissions/index.js';
import { daysOf, lastDuePeriod } from './due-periods.js';

describe('A13 what a bill run through a date covers', () => {
  const cases: [string, PeriodKind, string, string, string, string, string][] = [
    // name, period, zone, through, now, start, end (UTC)
    [
      'the month that ends on the day',
      'monthly',
      'UTC',
      '2026-10-31',
      '2026-11-01T00:00:00Z',
      '2026-10-01T00:00Z',
      '2026-11-01T00:00Z',
    ],
    [
      'not a month that the day cuts',
      'monthly',
      'UTC',
      '2026-10-30',
      '2026-12-01T00:00:00Z',
      '2026-09-01T00:00Z',
      '2026-10-01T00:00Z',
    ],
    [
      'never a month that is not over',
      'monthly',
      'UTC',
      '2026-12-31',
      '2026-10-31T23:59:59Z',
      '2026-09-01T00:00Z',
      '2026-10-01T00:00Z',
    ],
    [
      'Berlin: October has its spring-back hour',
      'monthly',
      'Europe/Berlin',
      '2026-10-31',
      '2026-12-01T00:00:00Z',
      '2026-09-30T22:00Z',
      '2026-10-31T23:00Z',
    ],
    [
      'Berlin: not over while the old date still runs',
      'monthly',
      'Europe/Berlin',
      '2026-10-31',
      '2026-10-31T22:59:59Z',
      '2026-08-31T22:00Z',
      '2026-09-30T22:00Z',
    ],
    [
      'the week that ends on Sunday',
      'weekly',
      'UTC',
      '2026-11-01',
      '2026-11-05T00:00:00Z',
      '2026-10-26T00:00Z',
      '2026-11-02T00:00Z',
    ],
    [
      'New York: the day of 25 hours',
      'daily',
      'America/New_York',
      '2026-11-01',
      '2026-11-05T00:00:00Z',
      '2026-11-01T04:00Z',
      '2026-11-02T05:00Z',
    ],
    [
      'Tokyo is ahead of the clock’s date',
      'daily',
      'Asia/Tokyo',
      '2026-11-05',
      '2026-11-05T15:00:00Z',
      '2026-11-04T15:00Z',
      '2026-11-05T15:00Z',
    ],
  ];

  it.each(cases)('%s', (_name, period, timeZone, through, now, start, end) => {
    expect(lastDuePeriod({ period, timeZone }, through, new Date(now))).toEqual({
      start: new Date(start),
      end: new Date(end),
    });
  });

  it('names the days of a period in the plan’s zone', () => {
    const period = { start: new Date('2026-09-30T22:00Z'), end: new Date('2026-10-31T23:00Z') };
    expect(daysOf(period, 'Europe/Berlin')).toEqual({ firstDay: '2026-10-01', lastDay: '2026-10-31' });
  });
});
