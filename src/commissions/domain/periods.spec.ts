import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { closedPeriods, lastClosedPeriod, nextPeriod, PERIOD_KINDS, periodContaining } from './periods.js';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/Sao_Paulo', // clocks changed at midnight until 2019: days without 00:00
  'America/Havana', // clocks go back from 01:00 to 00:00: days with two midnights
  'America/St_Johns', // until 2011 clocks went back at 00:01, into the day before
  'Australia/Lord_Howe', // half an hour of daylight saving
  'Pacific/Apia', // there was no 30 December 2011
  'Asia/Kathmandu',
  'America/New_York',
];

const utc = (text: string): Date => new Date(text);
const span = (kind: 'daily' | 'weekly' | 'monthly', zone: string, at: string): [string, string] => {
  const { start, end } = periodContaining(kind, zone, utc(at));
  return [start.toISOString(), end.toISOString()];
};
const hours = (kind: 'daily', zone: string, at: string): number => {
  const { start, end } = periodContaining(kind, zone, utc(at));
  return (end.getTime() - start.getTime()) / 3_600_000;
};

describe('periods', () => {
  it('are half-open and follow the zone’s calendar', () => {
    expect(span('daily', 'Europe/Berlin', '2026-10-01T21:59:59.999Z')).toEqual([
      '2026-09-30T22:00:00.000Z',
      '2026-10-01T22:00:00.000Z',
    ]);
    expect(span('daily', 'Europe/Berlin', '2026-10-01T22:00:00Z')[0]).toBe('2026-10-01T22:00:00.000Z');
    // 2026-10-01 is a Thursday; its week began on Monday 28 September.
    expect(span('weekly', 'UTC', '2026-10-01T12:00:00Z')).toEqual([
      '2026-09-28T00:00:00.000Z',
      '2026-10-05T00:00:00.000Z',
    ]);
    expect(span('monthly', 'Europe/Berlin', '2026-10-15T00:00:00Z')).toEqual([
      '2026-09-30T22:00:00.000Z',
      '2026-10-31T23:00:00.000Z',
    ]);
    expect(span('monthly', 'UTC', '2028-02-29T23:59:59Z')[1]).toBe('2028-03-01T00:00:00.000Z');
  });

  it('are as long as the local day is', () => {
    expect(hours('daily', 'Europe/Berlin', '2026-03-29T12:00:00Z')).toBe(23);
    expect(hours('daily', 'Europe/Berlin', '2026-10-25T12:00:00Z')).toBe(25);
    expect(hours('daily', 'Australia/Lord_Howe', '2026-04-05T00:00:00Z')).toBe(24.5);
    expect(hours('daily', 'America/Sao_Paulo', '2018-11-04T12:00:00Z')).toBe(23);
    expect(span('daily', 'America/Sao_Paulo', '2018-11-04T12:00:00Z')[0]).toBe('2018-11-04T03:00:00.000Z');
    expect(span('daily', 'America/Havana', '2026-11-01T12:00:00Z')[0]).toBe('2026-11-01T04:00:00.000Z');
  });

  it('skip a day that a zone left out', () => {
    expect(span('daily', 'Pacific/Apia', '2011-12-30T09:00:00Z')[1]).toBe('2011-12-30T10:00:00.000Z');
    expect(span('daily', 'Pacific/Apia', '2011-12-30T10:00:00Z')).toEqual([
      '2011-12-30T10:00:00.000Z',
      '2011-12-31T10:00:00.000Z',
    ]);
  });

  it('list what has closed, oldest first', () => {
    const closed = closedPeriods('weekly', 'UTC', utc('2026-10-07T00:00:00Z'), utc('2026-10-19T00:00:00Z'));
    expect(closed.map(({ start }) => start.toISOString().slice(0, 10))).toEqual(['2026-10-05', '2026-10-12']);
    expect(closedPeriods('daily', 'UTC', utc('2026-10-07T10:00:00Z'), utc('2026-10-07T23:59:59Z'))).toEqual(
      [],
    );
    expect(lastClosedPeriod('monthly', 'UTC', utc('2026-10-01T00:00:00Z')).start).toEqual(
      utc('2026-09-01T00:00:00Z'),
    );
  });

  it('tile time without gap or overlap, in every zone and across every change of clocks', () => {
    const instants = fc.date({
      min: utc('1995-01-01T00:00:00Z'),
      max: utc('2035-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(fc.constantFrom(...PERIOD_KINDS), fc.constantFrom(...ZONES), instants, (kind, zone, at) => {
        const period = periodContaining(kind, zone, at);
        expect(period.start.getTime()).toBeLessThanOrEqual(at.getTime());
        expect(period.end.getTime()).toBeGreaterThan(at.getTime());
        const lastMoment = new Date(period.end.getTime() - 1);
        expect(periodContaining(kind, zone, period.start)).toEqual(period);
        expect(periodContaining(kind, zone, lastMoment)).toEqual(period);
        expect(nextPeriod(kind, zone, period).start).toEqual(period.end);
        const before = periodContaining(kind, zone, new Date(period.start.getTime() - 1));
        expect(before.end).toEqual(period.start);
      }),
      { numRuns: 2_000 },
    );
  });

  it('walk through three years of days, each beginning its own local date', () => {
    for (const zone of ZONES) {
      let period = periodContaining('daily', zone, utc('2009-06-01T12:00:00Z'));
      while (period.end < utc('2012-06-01T00:00:00Z')) {
        const next = nextPeriod('daily', zone, period);
        const [today, tomorrow] = [period, next].map(({ start }) =>
          DateTime.fromJSDate(start, { zone }).toISODate(),
        );
        expect(tomorrow! > today!).toBe(true);
        expect(next.start).toEqual(period.end);
        period = next;
      }
    }
  });

  it('hold in the first century too, which no one bills but anyone can ask for', () => {
    const period = periodContaining('monthly', 'UTC', new Date('0001-01-15T00:00:00Z'));
    expect(period.start.toISOString()).toBe('0001-01-01T00:00:00.000Z');
    expect(period.end.toISOString()).toBe('0001-02-01T00:00:00.000Z');
  });
});
