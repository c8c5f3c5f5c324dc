import { describe, expect, it, vi } from 'vitest';
import { findQualifyingPeriod } from './assign-qualification.js';

const day = (text: string) => new Date(`${text}T00:00:00Z`);
const OCTOBER = { start: day('2026-10-01'), end: day('2026-11-01'), version: 1 };
const NOVEMBER = { start: day('2026-11-01'), end: day('2026-12-01'), version: 2 };

describe('A11 the period that pays for a qualified player', () => {
  it('is the one that holds the instant', () => {
    const at = day('2026-11-01');
    expect(
      findQualifyingPeriod([OCTOBER, { ...NOVEMBER, version: 1 }], () => ({ strategyIndex: 0, at }), []),
    ).toEqual({
      strategyIndex: 0,
      at,
      periodStart: NOVEMBER.start,
    });
  });

  it('is none while the instant lies before or after the periods', () => {
    const before = { strategyIndex: 0, at: day('2026-09-30') };
    const after = { strategyIndex: 0, at: day('2026-12-01') };
    expect(findQualifyingPeriod([OCTOBER, NOVEMBER], () => before, [])).toBeNull();
    expect(findQualifyingPeriod([OCTOBER, NOVEMBER], () => after, [])).toBeNull();
    expect(findQualifyingPeriod([OCTOBER, NOVEMBER], () => null, [])).toBeNull();
  });

  it('is judged by the version of the period: easier criteria do not reach back', () => {
    const metBy = (version: number) => (version === 2 ? { strategyIndex: 0, at: day('2026-10-20') } : null);
    expect(findQualifyingPeriod([OCTOBER, NOVEMBER], metBy, [])).toBeNull();
  });

  it('is the earlier one when a player meets both versions in turn', () => {
    const metBy = (version: number) => ({
      strategyIndex: 0,
      at: day(version === 1 ? '2026-10-20' : '2026-11-20'),
    });
    expect(findQualifyingPeriod([OCTOBER, NOVEMBER], metBy, [])?.periodStart).toEqual(OCTOBER.start);
  });

  it('asks once per version', () => {
    const metBy = vi.fn(() => null);
    findQualifyingPeriod([OCTOBER, { ...NOVEMBER, version: 1 }], metBy, []);
    expect(metBy).toHaveBeenCalledTimes(1);
  });

  it.each<[string, string, string | null, boolean]>([
    ['ends before the instant', '2026-10-01', '2026-10-19', true],
    ['ends at the instant', '2026-10-01', '2026-10-20', true],
    ['begins at the instant', '2026-10-20', null, false],
    ['is around the instant', '2026-10-01', '2026-10-21', false],
    ['begins after the instant', '2026-10-21', null, true],
    ['is over as it begins', '2026-10-20', '2026-10-20', true],
  ])('where a suspension %s', (_, from, until, pays) => {
    const suspensions = [{ from: day(from), until: until === null ? null : day(until) }];
    const found = findQualifyingPeriod(
      [OCTOBER],
      () => ({ strategyIndex: 0, at: day('2026-10-20') }),
      suspensions,
    );
    expect(found !== null).toBe(pays);
  });

  it('after a suspension is that of another version whose criteria are met then, whichever periods are looked at', () => {
    const suspensions = [{ from: day('2026-10-10'), until: day('2026-11-10') }];
    const metBy = (version: number) => ({
      strategyIndex: 0,
      at: day(version === 1 ? '2026-10-20' : '2026-11-20'),
    });
    for (const periods of [[OCTOBER, NOVEMBER], [NOVEMBER]]) {
      expect(findQualifyingPeriod(periods, metBy, suspensions)?.periodStart).toEqual(NOVEMBER.start);
    }
  });
});
