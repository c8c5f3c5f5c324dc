import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import {
  daysFault,
  dueOccurrences,
  nextOccurrences,
  type ScheduleTimes,
  timesInWords,
  WEEKDAYS,
} from './cashout-schedule.js';

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'];

const times = (given: Partial<ScheduleTimes>): ScheduleTimes => ({
  frequency: 'daily',
  weekdays: [],
  dates: [],
  time: '09:00',
  timeZone: 'UTC',
  ...given,
});
const onDates = (...dates: number[]): ScheduleTimes => times({ frequency: 'dates', dates });
const utc = (text: string): Date => new Date(text);
const dates = (schedule: ScheduleTimes, after: string, count: number): string[] =>
  nextOccurrences(schedule, utc(after), null, count).map(({ date }) => date);
const instants = (schedule: ScheduleTimes, after: string, count: number): string[] =>
  nextOccurrences(schedule, utc(after), null, count).map(({ at }) => at.toISOString().slice(0, 16));

/** Any schedule at all. */
const anyTimes: fc.Arbitrary<ScheduleTimes> = fc
  .record({
    frequency: fc.constantFrom('daily', 'weekdays', 'dates'),
    weekdays: fc.subarray([...WEEKDAYS], { minLength: 1 }),
    dates: fc.uniqueArray(fc.integer({ min: 1, max: 31 }), { minLength: 1, maxLength: 31 }),
    hour: fc.integer({ min: 0, max: 23 }),
    minute: fc.integer({ min: 0, max: 59 }),
    timeZone: fc.constantFrom(...ZONES),
  })
  .map(({ frequency, weekdays, dates: days, hour, minute, timeZone }) => ({
    frequency,
    weekdays: frequency === 'weekdays' ? weekdays : [],
    dates: frequency === 'dates' ? days : [],
    time: `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`,
    timeZone,
  }));
const anyInstant = fc.date({
  min: utc('2020-01-01T00:00:00Z'),
  max: utc('2032-01-01T00:00:00Z'),
  noInvalidDate: true,
});

describe('A28 the dates of a schedule', () => {
  it.each([
    ['28 and 29 February of a common year', onDates(29, 30, 31), '2027-02-01T00:00:00Z', '2027-02-28'],
    ['29 February of a leap year', onDates(29), '2028-02-01T00:00:00Z', '2028-02-29'],
    ['31 in February of a leap year', onDates(31), '2028-02-01T00:00:00Z', '2028-02-29'],
    ['28 in a leap year stays', onDates(28), '2028-02-01T00:00:00Z', '2028-02-28'],
    ['31 on 30 April', onDates(31), '2026-04-01T00:00:00Z', '2026-04-30'],
    ['31 December', onDates(31), '2026-12-01T00:00:00Z', '2026-12-31'],
    ['over the year', onDates(1), '2026-12-31T10:00:00Z', '2027-01-01'],
  ])('%s', (_, schedule, after, expected) => expect(dates(schedule, after, 1)).toEqual([expected]));

  it('that a shorter month does not have come on its last day, once', () => {
    expect(dates(onDates(28, 29, 30, 31), '2027-02-01T00:00:00Z', 4)).toEqual([
      '2027-02-28',
      '2027-03-28',
      '2027-03-29',
      '2027-03-30',
    ]);
    expect(dates(onDates(30, 31), '2026-04-01T00:00:00Z', 3)).toEqual([
      '2026-04-30',
      '2026-05-30',
      '2026-05-31',
    ]);
    expect(dates(onDates(31), '2026-01-01T00:00:00Z', 12)).toEqual(
      ['31', '28', '31', '30', '31', '30', '31', '31', '30', '31', '30', '31'].map(
        (day, month) => `2026-${String(month + 1).padStart(2, '0')}-${day}`,
      ),
    );
  });

  it('follow days of the week', () => {
    const schedule = times({ frequency: 'weekdays', weekdays: ['wednesday', 'sunday'] });
    // 2026-11-21 is a Saturday.
    expect(dates(schedule, '2026-11-21T12:00:00Z', 3)).toEqual(['2026-11-22', '2026-11-25', '2026-11-29']);
  });

  it('are those of the zone', () => {
    const schedule = times({
      frequency: 'weekdays',
      weekdays: ['monday'],
      time: '08:00',
      timeZone: 'Asia/Tokyo',
    });
    expect(instants(schedule, '2026-11-21T12:00:00Z', 1)).toEqual(['2026-11-22T23:00']);
  });

  it('keep their time of day over both changes of the clocks; a skipped time is made up for, once', () => {
    const at = (time: string) => times({ time, timeZone: 'Europe/Berlin' });
    expect(instants(at('09:00'), '2026-03-27T12:00:00Z', 3)).toEqual([
      '2026-03-28T08:00',
      '2026-03-29T07:00',
      '2026-03-30T07:00',
    ]);
    expect(instants(at('02:30'), '2026-03-28T00:00:00Z', 3)).toEqual([
      '2026-03-28T01:30',
      '2026-03-29T01:30', // 03:30 in Berlin: there is no 02:30
      '2026-03-30T00:30',
    ]);
    expect(instants(at('02:30'), '2026-10-24T00:00:00Z', 3)).toEqual([
      '2026-10-24T00:30',
      '2026-10-25T00:30', // the first of two
      '2026-10-26T01:30',
    ]);
  });

  it('are after the instant, not at it', () => {
    expect(dates(times({}), '2026-11-21T08:59:59.999Z', 1)).toEqual(['2026-11-21']);
    expect(dates(times({}), '2026-11-21T09:00:00Z', 1)).toEqual(['2026-11-22']);
  });

  it('do not come again once worked off, even when a clock was set back', () => {
    const back = utc('2026-11-19T00:00:00Z');
    const next = nextOccurrences(times({}), back, '2026-11-21', 2).map(({ date }) => date);
    expect(next).toEqual(['2026-11-22', '2026-11-23']);
  });

  it('are due from the first that waits, after three days of downtime all of them', () => {
    const due = dueOccurrences(times({}), '2026-11-18', utc('2026-11-21T08:59:00Z'));
    expect(due.map(({ date }) => date)).toEqual(['2026-11-18', '2026-11-19', '2026-11-20']);
    expect(dueOccurrences(times({}), '2026-11-21', utc('2026-11-21T08:59:00Z'))).toEqual([]);
    expect(dueOccurrences(times({}), '2026-11-21', utc('2026-11-21T09:00:00Z'))).toHaveLength(1);
  });

  it('rise, are of different dates, fit the rule, and are the same whichever one looks from', () => {
    fc.assert(
      fc.property(anyTimes, anyInstant, (schedule, after) => {
        const next = nextOccurrences(schedule, after, null, 10);
        expect(next).toHaveLength(10);
        let before = after.getTime();
        for (const { date, at } of next) {
          expect(at.getTime()).toBeGreaterThan(before);
          before = at.getTime();
          const day = DateTime.fromISO(date, { zone: 'utc' });
          if (schedule.frequency === 'weekdays')
            expect(schedule.weekdays).toContain(WEEKDAYS[day.weekday - 1]);
          if (schedule.frequency === 'dates')
            expect(schedule.dates.some((wanted) => Math.min(wanted, day.daysInMonth!) === day.day)).toBe(
              true,
            );
        }
        expect(new Set(next.map(({ date }) => date)).size).toBe(10);
        expect(nextOccurrences(schedule, next[4]!.at, null, 5)).toEqual(next.slice(5));
        expect(nextOccurrences(schedule, after, next[4]!.date, 5)).toEqual(next.slice(5));
        expect(dueOccurrences(schedule, next[0]!.date, next[6]!.at)).toEqual(next.slice(0, 7));
      }),
      { numRuns: 300 },
    );
  });

  it('show the wanted time on the zone’s clocks, or one as much later as they skip', () => {
    fc.assert(
      fc.property(anyTimes, anyInstant, (schedule, after) => {
        for (const { date, at } of nextOccurrences(schedule, after, null, 3)) {
          const shown = DateTime.fromJSDate(at, { zone: schedule.timeZone });
          const wanted = DateTime.fromISO(`${date}T${schedule.time}`, { zone: 'utc' });
          const late = shown.setZone('utc', { keepLocalTime: true }).diff(wanted).as('minutes');
          const skipped = shown.offset - shown.minus({ hours: 3 }).offset;
          expect(late === 0 || late === skipped).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('of every month are one for each date that the month has, and one for all that it lacks', () => {
    fc.assert(
      fc.property(anyTimes, fc.integer({ min: 0, max: 143 }), (any, months) => {
        fc.pre(any.frequency === 'dates');
        const month = DateTime.utc(2020, 1, 1).plus({ months });
        const last = month.daysInMonth!;
        const found = nextOccurrences(any, month.minus({ days: 2 }).toJSDate(), null, 40)
          .map(({ date }) => date)
          .filter((date) => date.startsWith(month.toFormat('yyyy-MM')));
        const expected = [...new Set(any.dates.map((wanted) => Math.min(wanted, last)))];
        expect(found.map((date) => Number(date.slice(8)))).toEqual(expected.sort((a, b) => a - b));
      }),
      { numRuns: 200 },
    );
  });

  it('need days that fit the frequency', () => {
    const fault = (given: Partial<ScheduleTimes>) => daysFault(times(given))?.path;
    expect(fault({})).toBeUndefined();
    expect(fault({ weekdays: ['monday'] })).toBe('weekdays');
    expect(fault({ dates: [1] })).toBe('dates');
    expect(fault({ frequency: 'weekdays' })).toBe('weekdays');
    expect(fault({ frequency: 'dates' })).toBe('dates');
    expect(fault({ frequency: 'dates', dates: [1], weekdays: ['monday'] })).toBe('weekdays');
  });

  it('are told in words', () => {
    expect(timesInWords(times({}))).toBe('every day at 09:00 (UTC)');
    expect(timesInWords(onDates(1, 15, 31))).toBe('every month on the 1, 15 and 31 at 09:00 (UTC)');
    const weekly = times({ frequency: 'weekdays', weekdays: ['monday', 'friday'] });
    expect(timesInWords(weekly)).toBe('every Monday and Friday at 09:00 (UTC)');
  });
});
