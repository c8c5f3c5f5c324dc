import { describe, expect, it } from 'vitest';
import { parseReportRequest } from './report-request.js';
import { type RollupState, rollupUse } from './report-rollups.js';

const PROGRAM = { partnerId: null };

/** Between which instants a report over October reads raw facts, as ISO times. */
function changedIn(zone: string, changed: [first: string, last: string] | null): string[] | null {
  const state: RollupState = {
    timeZone: zone,
    visitsBefore: null,
    firstChanged: changed?.[0] ?? null,
    lastChanged: changed?.[1] ?? null,
  };
  const request = parseReportRequest(
    { from: '2026-10-01', to: '2026-10-31' },
    { audience: 'operator', timeZone: zone, now: new Date('2026-11-02') },
  );
  const between = rollupUse(state, PROGRAM, request)!.changed;
  return between && [between.from.toISOString(), between.to.toISOString()];
}

describe('A15 raw facts that a report reads beside its sums', () => {
  it('are none where nothing has changed since, or only on other days', () => {
    expect(changedIn('UTC', null)).toBeNull();
    expect(changedIn('UTC', ['2026-09-01', '2026-09-30'])).toBeNull();
    expect(changedIn('UTC', ['2026-11-01', '2026-11-02'])).toBeNull();
  });

  it('are those from the first changed day of the range to the last one, and three hours to either side', () => {
    expect(changedIn('UTC', ['2026-10-05', '2026-10-06'])).toEqual([
      '2026-10-04T21:00:00.000Z',
      '2026-10-07T03:00:00.000Z',
    ]);
    expect(changedIn('UTC', ['2026-09-05', '2026-11-06'])).toEqual([
      '2026-09-30T21:00:00.000Z',
      '2026-11-01T03:00:00.000Z',
    ]);
  });

  it('are those of days on the clocks of the zone, also when these are put back', () => {
    expect(changedIn('Europe/Berlin', ['2026-10-25', '2026-10-25'])).toEqual([
      '2026-10-24T19:00:00.000Z',
      '2026-10-26T02:00:00.000Z',
    ]);
  });
});
