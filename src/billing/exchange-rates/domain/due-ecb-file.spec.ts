import { describe, expect, it } from 'vitest';
import { dueEcbFile } from './due-ecb-file.js';

describe('dueEcbFile', () => {
  it.each([
    // 2026-10-30 was a Friday.
    [null, '2026-10-30T12:00:00Z', 'all'],
    ['2026-10-29', '2026-10-30T12:00:00Z', null],
    ['2026-10-29', '2026-10-30T16:00:00Z', 'daily'],
    ['2026-10-30', '2026-10-30T16:00:00Z', null],
    ['2026-10-30', '2026-11-01T23:00:00Z', null],
    ['2026-10-30', '2026-11-02T15:59:59Z', null],
    ['2026-10-30', '2026-11-02T16:00:00Z', 'daily'],
    ['2026-10-29', '2026-10-31T00:00:00Z', 'daily'],
    // Two days are missing, the second one over the weekend.
    ['2026-10-28', '2026-10-31T00:00:00Z', 'ninetyDays'],
    ['2026-10-29', '2026-11-02T16:00:00Z', 'ninetyDays'],
    ['2026-08-06', '2026-10-30T16:00:00Z', 'ninetyDays'],
    ['2026-08-05', '2026-10-30T16:00:00Z', 'all'],
    // A clock that was set back.
    ['2026-10-30', '2026-10-01T12:00:00Z', null],
  ] as const)('with rates until %s, at %s: %s', (newest, now, file) => {
    expect(dueEcbFile(newest, new Date(now))).toBe(file);
  });
});
