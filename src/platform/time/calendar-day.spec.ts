import { describe, expect, it } from 'vitest';
import { isCalendarDay } from './calendar-day.js';

describe('days of the calendar', () => {
  it.each(['2026-11-30', '2024-02-29', '0001-01-01', '9999-12-31'])('%s is one', (text) => {
    expect(isCalendarDay(text)).toBe(true);
  });

  it.each([
    ...['', 'soon', '2026-02-29', '2026-11-31', '2026-13-01', '2026-00-10', '2026-01-00', '0000-01-01'],
    ...[
      '20261130',
      '2026-11',
      '2026-W44-6',
      '2026-11-30T00:00:00Z',
      '-002026-11-30',
      '２０２６-11-30',
      '2026-11-30\n',
    ],
  ])('%j is none', (text) => {
    expect(isCalendarDay(text)).toBe(false);
  });
});
