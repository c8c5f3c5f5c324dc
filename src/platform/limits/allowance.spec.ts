import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takeOne, type Usage } from './allowance.js';

/** Answers to requests at the given times, as seconds to wait. */
function waits(limit: { requests: number; seconds: number }, times: number[]): number[] {
  let usage: Usage | null = null;
  return times.map((at) => {
    const taken = takeOne(limit, usage, at);
    usage = taken.usage;
    return taken.waitSeconds;
  });
}

describe('takeOne', () => {
  it('allows so many at once and tells how long to wait for the next', () => {
    expect(waits({ requests: 3, seconds: 60 }, [0, 0, 0, 0, 0])).toEqual([0, 0, 0, 20, 20]);
  });

  it('gives back evenly, and does not punish those who ask too early', () => {
    const times = [
      0, 0, 0, 10_000, 19_999, 20_000, 20_000, 39_000, 40_000, 100_000, 100_000, 100_000, 100_000,
    ];
    expect(waits({ requests: 3, seconds: 60 }, times)).toEqual([0, 0, 0, 10, 1, 0, 20, 1, 0, 0, 0, 0, 20]);
  });

  it('goes on when the clock is set back', () => {
    expect(waits({ requests: 2, seconds: 10 }, [3_600_000, 3_600_000, 0, 4_000, 5_000])).toEqual([
      0, 0, 5, 1, 0,
    ]);
  });

  const limits = fc.record({
    requests: fc.integer({ min: 1, max: 500 }),
    seconds: fc.integer({ min: 1, max: 900 }),
  });

  it('never lets more through than the limit at once and its share of the time since', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(limits, gaps, (limit, steps) => {
        let now = 0;
        const times = steps.map((step) => (now += step));
        const allowed = waits(limit, times).filter((wait) => wait === 0).length;
        expect(allowed).toBeLessThanOrEqual(
          limit.requests + (now * limit.requests) / (limit.seconds * 1_000) + 1e-3,
        );
      }),
    );
  });

  it('lets the next one through after the time that it told, and no whole second sooner', () => {
    fc.assert(
      fc.property(limits, fc.integer({ min: 0, max: 4e12 }), (limit, start) => {
        const burst = Array.from({ length: limit.requests + 1 }, () => start);
        const wait = waits(limit, burst).at(-1)!;
        expect(wait).toBeGreaterThan(0);
        expect(waits(limit, [...burst, start + wait * 1_000]).at(-1)).toBe(0);
        if (wait > 1) expect(waits(limit, [...burst, start + (wait - 1) * 1_000]).at(-1)).toBe(1);
      }),
    );
  });
});
