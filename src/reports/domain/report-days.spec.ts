import { describe, expect, it } from 'vitest';
import { periodContaining } from '../../commissions/index.js';
import { daysBegunIn, parseReportRequest } from './report-request.js';
import { rollupUse } from './report-rollups.js';

/** Their clocks are put back to midnight, back over midnight, or on over midnight. */
const ZONES = ['America/Havana', 'Atlantic/Azores', 'Africa/Cairo', 'Asia/Beirut', 'America/Santiago'];
const NOON_MS = 12 * 3_600_000;
const DAY_MS = 86_400_000;
const DAYS = Array.from({ length: 366 }, (_, day) => new Date(Date.UTC(2026, 0, 1) + day * DAY_MS));

const between = (from: string, to: string, timeZone = 'UTC') =>
  parseReportRequest({ from, to }, { audience: 'operator', timeZone, now: new Date('2027-02-01') });

const sumsOf = (from: string, to: string, timeZone: string) =>
  rollupUse(
    { timeZone, visitsBefore: null, firstChanged: null, lastChanged: null },
    { partnerId: null },
    between(from, to, timeZone),
  );

describe('A15 days of reports', () => {
  it.each(ZONES)('in %s are those of bills, one right after the other, and may be summed ahead', (zone) => {
    let end: Date | null = null;
    for (const at of DAYS) {
      const day = at.toISOString().slice(0, 10);
      const { from, to } = between(day, day, zone);
      if (end) expect(from, day).toEqual(end);
      end = to;
      expect({ start: from, end: to }).toEqual(
        periodContaining('daily', zone, new Date(from.getTime() + NOON_MS)),
      );
      expect(sumsOf(day, day, zone), day).toMatchObject({ fromDay: day });
    }
  });

  it('begin when midnight comes first', () => {
    const { from } = between('2026-11-01', '2026-11-01', 'America/Havana');
    expect(from.toISOString()).toBe('2026-11-01T04:00:00.000Z');
    const { to } = between('2026-10-31', '2026-10-31', 'America/Havana');
    expect(to.toISOString()).toBe('2026-11-01T04:00:00.000Z');
  });

  it('are not summed ahead from the midnight that comes second', () => {
    expect(sumsOf('2026-11-01T04:00:00Z', '2026-11-02', 'America/Havana')).toMatchObject({
      fromDay: '2026-11-01',
      toDay: '2026-11-03',
    });
    expect(sumsOf('2026-11-01T05:00:00Z', '2026-11-02', 'America/Havana')).toBeNull();
    expect(sumsOf('2026-10-01', '2026-11-01T05:00:00Z', 'America/Havana')).toBeNull();
  });

  it('that begin in parts of a time are in one of the parts', () => {
    const parts = [
      '2026-10-30T05:00:00Z',
      '2026-10-31T04:00:00Z',
      '2026-10-31T16:00:00Z',
      '2026-11-01T04:00:00Z',
      '2026-11-02',
    ];
    const days = parts.slice(1).map((to, index) => daysBegunIn(between(parts[index]!, to, 'America/Havana')));
    expect(days).toEqual([
      { from: '2026-10-31', to: '2026-10-31' },
      { from: '2026-10-31', to: '2026-11-01' },
      { from: '2026-11-01', to: '2026-11-01' },
      { from: '2026-11-01', to: '2026-11-03' },
    ]);
  });
});
