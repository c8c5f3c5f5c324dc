import { describe, expect, it } from 'vitest';
import { failureWindowStart, locks } from './lock-out.js';

const OPEN = { locked: false, blocked: false };

describe('A32 lock-out (rule 10.1)', () => {
  it.each([
    [1, false],
    [4, false],
    [5, true],
    [6, true],
  ])('after %i recent failures locks: %s', (recentFailures, expected) => {
    expect(locks({ recentFailures, ...OPEN })).toBe(expected);
  });

  it('locks once: one mail', () => {
    expect(locks({ recentFailures: 5, locked: true, blocked: false })).toBe(false);
  });

  it('mails no unlock link to those whom an operator blocked', () => {
    expect(locks({ recentFailures: 5, locked: false, blocked: true })).toBe(false);
  });

  it('counts the last 15 minutes', () => {
    expect(failureWindowStart(new Date('2026-03-29T01:05:00Z'))).toEqual(new Date('2026-03-29T00:50:00Z'));
  });
});
