import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { daysOf, RELATIVE_PERIODS, type RelativePeriod } from './report-period.js';

const AT = '2026-11-21T12:00:00Z';

const CASES: [period: RelativePeriod, now: string, zone: string, from: string, to: string][] = [
  ['today', AT, 'UTC', '2026-11-21', '2026-11-21'],
  ['yesterday', AT, 'UTC', '2026-11-20', '2026-11-20'],
  ['last_7_days', AT, 'UTC', '2026-11-15', '2026-11-21'],
  ['last_30_days', AT, 'UTC', '2026-10-23', '2026-11-21'],
  ['this_week', AT, 'UTC', '2026-11-16', '2026-11-21'],
  ['last_week', AT, 'UTC', '2026-11-09', '2026-11-15'],
  ['this_month', AT, 'UTC', '2026-11-01', '2026-11-21'],
  ['last_month', AT, 'UTC', '2026-10-01', '2026-10-31'],
  ['this_quarter', AT, 'UTC', '2026-10-01', '2026-11-21'],
  ['last_quarter', AT, 'UTC', '2026-07-01', '2026-09-30'],
  ['this_year', AT, 'UTC', '2026-01-01', '2026-11-21'],
  ['last_year', AT, 'UTC', '2025-01-01', '2025-12-31'],

  // Midnight belongs to the zone.
  ['today', '2026-10-31T23:30:00Z', 'Europe/Berlin', '2026-11-01', '2026-11-01'],
  ['last_month', '2026-10-31T23:30:00Z', 'Europe/Berlin', '2026-10-01', '2026-10-31'],
  ['last_month', '2026-11-01T03:00:00Z', 'America/New_York', '2026-09-01', '2026-09-30'],
  ['today', '2026-11-21T10:30:00Z', 'Pacific/Kiritimati', '2026-11-22', '2026-11-22'],

  // Days of 23 and 25 hours.
  ['yesterday', '2026-03-29T22:30:00Z', 'Europe/Berlin', '2026-03-29', '2026-03-29'],
  ['yesterday', '2026-03-28T23:30:00Z', 'Europe/Berlin', '2026-03-28', '2026-03-28'],
  ['yesterday', '2026-10-25T23:30:00Z', 'Europe/Berlin', '2026-10-25', '2026-10-25'],
  ['last_7_days', '2026-10-25T22:59:59Z', 'Europe/Berlin', '2026-10-19', '2026-10-25'],

  // Leap days, ends of months, and weeks of two years.
  ['yesterday', '2028-03-01T00:00:00Z', 'UTC', '2028-02-29', '2028-02-29'],
  ['last_month', '2028-03-31T00:00:00Z', 'UTC', '2028-02-01', '2028-02-29'],
  ['last_month', '2027-03-31T00:00:00Z', 'UTC', '2027-02-01', '2027-02-28'],
  ['last_year', '2028-02-29T00:00:00Z', 'UTC', '2027-01-01', '2027-12-31'],
  ['last_quarter', '2027-01-31T00:00:00Z', 'UTC', '2026-10-01', '2026-12-31'],
  ['last_week', '2027-01-01T00:00:00Z', 'UTC', '2026-12-21', '2026-12-27'],
  ['this_week', '2027-01-03T00:00:00Z', 'UTC', '2026-12-28', '2027-01-03'],
  ['this_week', '2026-11-16T00:00:00Z', 'UTC', '2026-11-16', '2026-11-16'],

  // Samoa had no 30 December 2011.
  ['yesterday', '2011-12-30T12:00:00Z', 'Pacific/Apia', '2011-12-30', '2011-12-30'],
];

describe('A16 the period of a favourite', () => {
  it.each(CASES)('%s at %s in %s is %s to %s', (period, now, zone, from, to) => {
    expect(daysOf(period, new Date(now), zone)).toEqual({ from, to });
  });

  it('stays what it is when it is fixed', () => {
    const fixed = { from: '2023-03-01', to: '2023-03-22' };
    expect(daysOf(fixed, new Date(AT), 'Europe/Berlin')).toEqual(fixed);
  });

  it('at any time and in any zone: real days in order, none after today, whole periods side by side', () => {
    const anyTime = fc.date({
      min: new Date('1990-01-01'),
      max: new Date('2090-01-01'),
      noInvalidDate: true,
    });
    const anyZone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
    fc.assert(
      fc.property(anyTime, anyZone, (now, zone) => {
        const today = DateTime.fromJSDate(now, { zone }).toISODate()!;
        for (const period of RELATIVE_PERIODS) {
          const { from, to } = daysOf(period, now, zone);
          expect(DateTime.fromISO(from, { zone: 'utc' }).toISODate()).toBe(from);
          expect(from <= to && to <= today, `${period}: ${from} to ${to} at ${today}`).toBe(true);
        }
        for (const unit of ['week', 'month', 'quarter', 'year'] as const) {
          const last = daysOf(`last_${unit}`, now, zone);
          const current = daysOf(`this_${unit}`, now, zone);
          expect(DateTime.fromISO(last.to, { zone: 'utc' }).plus({ days: 1 }).toISODate()).toBe(current.from);
          expect(current.to).toBe(today);
        }
      }),
      { numRuns: 40 },
    );
  });
});
