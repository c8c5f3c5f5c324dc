import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CHART_UNITS,
  type ChartUnit,
  lengthOf,
  periodBefore,
  pointsOf,
  stretchesBefore,
  usualUnit,
} from './dashboard-period.js';

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

  it('faces the same stretch of the period before, point by point, and leaves none of it out', () => {
    expect(stretchesBefore({ from: '2026-11-10', to: '2026-11-11' }, 'week')).toEqual([
      { from: '2026-11-08', to: '2026-11-09' },
    ]);
    expect(stretchesBefore({ from: '2026-11-14', to: '2026-11-17' }, 'week')).toEqual([
      { from: '2026-11-10', to: '2026-11-11' },
      { from: '2026-11-12', to: '2026-11-13' },
    ]);
    expect(stretchesBefore({ from: '2026-02-01', to: '2026-03-31' }, 'month')).toEqual([
      { from: '2025-12-01', to: '2025-12-31' },
      { from: '2026-01-01', to: '2026-01-31' },
    ]);
    const april = stretchesBefore({ from: '2026-04-01', to: '2026-04-30' }, 'day');
    expect(april.at(-1)).toEqual({ from: '2026-03-30', to: '2026-03-31' });
    const march = stretchesBefore({ from: '2026-03-01', to: '2026-03-31' }, 'day');
    expect(march.slice(27)).toEqual([{ from: '2026-02-28', to: '2026-02-28' }, null, null, null]);
  });

  it('is compared with every day of the period before once (property)', () => {
    const length = fc.integer({ min: 0, max: 800 });
    const start = fc.date({ min: new Date('2000-01-01'), max: new Date('2050-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(start, length, fc.constantFrom(...CHART_UNITS), (at, more, unit) => {
        const to = new Date(at.getTime() + more * 86_400_000).toISOString().slice(0, 10);
        const days = { from: at.toISOString().slice(0, 10), to };
        const stretches = stretchesBefore(days, unit);
        expect(stretches.length).toBe(pointsOf(days, unit).length);
        const faced = stretches.flatMap((stretch) => (stretch ? pointsOf(stretch, 'day') : []));
        expect(faced).toEqual(pointsOf(periodBefore(days), 'day'));
      }),
    );
  });
});
