import { describe, expect, it } from 'vitest';
import { nextRunFrom } from './next-run.js';

describe('A11 the next bill run', () => {
  it.each([
    ['2026-11-01T00:00:00Z', '2026-11-01T00:05:00.000Z'],
    ['2026-11-01T00:05:00Z', '2026-11-01T00:05:00.000Z'],
    ['2026-11-01T00:05:00.001Z', '2026-11-01T01:05:00.000Z'],
    ['2026-10-31T23:59:59Z', '2026-11-01T00:05:00.000Z'],
  ])('from %s on is at %s', (at, run) => expect(nextRunFrom(new Date(at)).toISOString()).toBe(run));
});
