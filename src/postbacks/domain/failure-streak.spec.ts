import { describe, expect, it } from 'vitest';
import { afterAttempt, type FailureStreak, judge, NO_FAILURES } from './failure-streak.js';

const DAY = 86_400_000;
const START = new Date('2026-11-02T09:00:00Z');
const at = (days: number) => new Date(START.getTime() + days * DAY);

function failures(count: number): FailureStreak {
  return Array.from({ length: count }).reduce<FailureStreak>(
    (s) => afterAttempt(s, false, START),
    NO_FAILURES,
  );
}

describe('A09 a failing postback', () => {
  it('is warned of after 50 failures in a row and disabled after 100', () => {
    expect([1, 49, 50, 99, 100].map((count) => judge(failures(count), START))).toEqual([
      'fine',
      'fine',
      'warn',
      'warn',
      'disable',
    ]);
  });

  it('is warned of after two and a half days and disabled after five', () => {
    expect([0, 2.4, 2.5, 4.9, 5].map((days) => judge(failures(2), at(days)))).toEqual([
      'fine',
      'fine',
      'warn',
      'warn',
      'disable',
    ]);
  });

  it('starts anew with a success', () => {
    expect(afterAttempt(failures(99), true, at(1))).toEqual(NO_FAILURES);
  });
});
