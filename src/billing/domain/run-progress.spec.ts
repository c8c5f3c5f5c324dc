import { describe, expect, it } from 'vitest';
import { estimatedEnd, type RunProgress } from './run-progress.js';

const now = new Date('2026-11-01T00:01:00Z');
const run: RunProgress = {
  startedAt: new Date('2026-11-01T00:00:00Z'),
  finishedAt: null,
  partnersConsidered: 100,
  partnersExpected: 400,
};

describe('the estimated end of a run', () => {
  it('follows from the time that it took so far', () => {
    // 100 partners in one minute: 300 more take three.
    expect(estimatedEnd(run, now)).toEqual(new Date('2026-11-01T00:04:00Z'));
  });

  it.each<[string, Partial<RunProgress>]>([
    ['it has not started', { startedAt: null }],
    ['it is over', { finishedAt: now }],
    ['nobody was considered', { partnersConsidered: 0 }],
    ['nobody knows how many there are', { partnersExpected: null }],
  ])('is not known when %s', (_, change) => {
    expect(estimatedEnd({ ...run, ...change }, now)).toBeNull();
  });

  it('is now when more were considered than expected, and never before', () => {
    expect(estimatedEnd({ ...run, partnersExpected: 90 }, now)).toEqual(now);
    expect(estimatedEnd(run, new Date('2026-10-31T00:00:00Z'))).toEqual(new Date('2026-10-31T00:00:00Z'));
  });
});
