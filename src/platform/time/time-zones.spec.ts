import { describe, expect, it } from 'vitest';
import { firstDayFrom, instantOfWallTime, isTimeZone, startOfDay } from './time-zones.js';

const at = (zone: string, wall: string): string =>
  new Date(instantOfWallTime(zone, Date.parse(`${wall}:00Z`))).toISOString();

describe('time zones', () => {
  it('are IANA zones and nothing else', () => {
    expect(['Europe/Berlin', 'UTC', 'Etc/GMT+5'].every(isTimeZone)).toBe(true);
    expect(
      ['+02:00', 'Mars/Base', '', 'Europe/Berlin; drop', 'US/Pacific-New', 'PST', 'bst', 'CET'].some(
        isTimeZone,
      ),
    ).toBe(false);
  });

  it.each([
    ['Europe/Berlin', '2026-01-15T09:00', '2026-01-15T08:00:00.000Z', 'winter'],
    ['Europe/Berlin', '2026-07-15T09:00', '2026-07-15T07:00:00.000Z', 'summer'],
    ['Europe/Berlin', '2026-03-29T02:30', '2026-03-29T01:30:00.000Z', 'skipped: 03:30 is shown'],
    ['Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30:00.000Z', 'shown twice: the first one'],
    ['America/New_York', '2026-03-08T02:30', '2026-03-08T07:30:00.000Z', 'skipped: 03:30 is shown'],
    ['America/New_York', '2026-11-01T01:30', '2026-11-01T05:30:00.000Z', 'shown twice: the first one'],
    ['Australia/Lord_Howe', '2026-10-04T02:15', '2026-10-03T15:45:00.000Z', 'half an hour is skipped'],
    ['Pacific/Kiritimati', '2026-06-01T00:00', '2026-05-31T10:00:00.000Z', '14 hours ahead'],
    ['Pacific/Pago_Pago', '2026-06-01T23:59', '2026-06-02T10:59:00.000Z', '11 hours behind'],
    ['Pacific/Apia', '2011-12-30T09:00', '2011-12-30T19:00:00.000Z', 'a day that never was: the day after'],
  ])('%s shows %s at %s (%s)', (zone, wall, expected) => expect(at(zone, wall)).toBe(expected));

  it.each([
    ['UTC', '2026-10-31T00:00:00Z', '2026-10-31', 'as it begins'],
    ['UTC', '2026-10-31T00:00:00.001Z', '2026-11-01', 'after it has begun'],
    ['America/Havana', '2026-11-01T04:00:00Z', '2026-11-01', 'at the first midnight of two'],
    ['America/Havana', '2026-11-01T05:00:00Z', '2026-11-02', 'at the second'],
    ['Africa/Cairo', '2026-10-29T21:30:00Z', '2026-10-30', 'while the day before is shown again'],
    ['Pacific/Apia', '2011-12-30T10:00:00Z', '2011-12-30', 'which never was, and began with the day after'],
  ])('in %s the first day that begins from %s on is %s (%s)', (zone, at, day) => {
    expect(firstDayFrom(zone, new Date(at))).toBe(day);
    expect(startOfDay(zone, day).getTime()).toBeGreaterThanOrEqual(Date.parse(at));
  });
});
