import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_ATTEMPTS, nextAttemptAt, retryAfterMs } from './retry-schedule.js';

const NOW = new Date('2026-11-02T09:00:00Z');
const secondsAfter = (attempts: number, random: number, retryAfter: number | null = null) => {
  const next = nextAttemptAt(attempts, NOW, random, retryAfter);
  return next && (next.getTime() - NOW.getTime()) / 1_000;
};

describe('A09 retries', () => {
  it('wait 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h, and then end', () => {
    const waits = Array.from({ length: MAX_ATTEMPTS }, (_, index) => secondsAfter(index + 1, 0.5));
    expect(waits).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400, null]);
  });

  it('are spread by at most a fifth', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: MAX_ATTEMPTS - 1 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempts, random) => {
          const ratio = secondsAfter(attempts, random)! / secondsAfter(attempts, 0.5)!;
          expect(ratio).toBeGreaterThanOrEqual(0.799);
          expect(ratio).toBeLessThanOrEqual(1.201);
        },
      ),
    );
  });

  it('wait as long as the receiver asks, a day at most, never shorter than planned', () => {
    expect(secondsAfter(1, 0.5, 120_000)).toBe(120);
    expect(secondsAfter(2, 0.5, 1_000)).toBe(300);
    expect(secondsAfter(1, 0.5, 1e12)).toBe(86_400);
  });

  it('read Retry-After as seconds or as a date', () => {
    expect(retryAfterMs('120', NOW)).toBe(120_000);
    expect(retryAfterMs('Mon, 02 Nov 2026 09:01:00 GMT', NOW)).toBe(60_000);
    expect(retryAfterMs('Mon, 02 Nov 2020 09:01:00 GMT', NOW)).toBe(0);
    expect(
      [undefined, '', '-5', 'soon', '1e9', '2026'.repeat(9)].map((text) => retryAfterMs(text, NOW)),
    ).toEqual(Array(6).fill(null));
  });
});
