import { describe, expect, it } from 'vitest';
import { mayAskAgain, secondsUntilNextAsk } from './next-ask.js';

describe('B09 asking a provider again', () => {
  it('waits twice as long each time, an hour at most', () => {
    expect([0, 1, 2, 3, 8, 100].map((asked) => secondsUntilNextAsk(asked))).toEqual([
      15, 30, 60, 120, 3_600, 3_600,
    ]);
  });

  it('waits as long as the provider wishes, a day at most', () => {
    expect(secondsUntilNextAsk(0, 5)).toBe(15);
    expect(secondsUntilNextAsk(0, 7_200)).toBe(7_200);
    expect(secondsUntilNextAsk(0, 1e9)).toBe(86_400);
  });

  it('sends a batch again only while the provider recognises it', () => {
    const first = new Date('2026-11-01T00:00:00Z');
    expect(mayAskAgain(first, new Date('2026-11-29T23:59:59Z'), false)).toBe(true);
    expect(mayAskAgain(first, new Date('2026-11-30T00:00:00Z'), false)).toBe(false);
    expect(mayAskAgain(first, new Date('2026-11-30T00:00:00Z'), true)).toBe(true);
    expect(mayAskAgain(first, new Date('2026-12-16T00:00:00Z'), true)).toBe(false);
  });
});
