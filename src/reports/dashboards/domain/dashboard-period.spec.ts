import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChartUnit, lengthOf, periodBefore, pointsOf, usualUnit } from './dashboard-period.js';

describe('A01 the period of a dashboard', () => {
  it.each([
    ['2026-10-02', '2026-10-31', '2026-09-02', '2026-10-01'],
    ['2026-03-01', '2026-03-31', '2026-02-01', '2026-02-28'],
    ['2026-01-01', '2026-03-31', '2025-10-01', '2025-12-31'],
    ['2024-02-29', '2024-02-29', '2024-02-28', '2024-02-28'],
    ['2026-10-01', '2026-10-30', '2026-09-01', '2026-09-30'],
  ])('%s to %s comes after %s to %s', (from, to, fromBefore, toBefore) => {
    expect(periodBefore({ from, to })).toEqual({ from: fromBefore, to: toBefore });
  });

  it('has points that cover every day once, by weeks from Monday', () => {
    expect(pointsOf({ from: '2026-10-30', to: '2026-11-02' }, 'day')).toEqual(['2026-10-30', '2026-10-31', '2026-11-01', '2026-11-02']); // prettier-ignore
    expect(pointsOf({ from: '2026-10-29', to: '2026-11-02' }, 'week')).toEqual(['2026-10-26', '2026-11-02']);
    expect(pointsOf({ from: '2026-01-31', to: '2026-03-01' }, 'month')).toEqual(['2026-01-01', '2026-02-01', '2026-03-01']); // prettier-ignore
  });

  it('is followed by itself, and its usual unit is readable', () => {
    const day = fc.date({ min: new Date('2000-01-01'), max: new Date('2050-01-01'), noInvalidDate: true }).map((at) => at.toISOString().slice(0, 10)); // prettier-ignore
    fc.assert(
      fc.property(day, day, (one, other) => {
        const [from, to] = [one, other].sort() as [string, string];
        const before = periodBefore({ from, to });
        expect(lengthOf({ from: before.to, to: from })).toBe(2);
        expect(before.from <= before.to).toBe(true);
        const unit: ChartUnit = usualUnit({ from, to });
        if (lengthOf({ from, to }) < 7_000) expect(pointsOf({ from, to }, unit).length).toBeLessThan(300);
      }),
    );
  });
});
