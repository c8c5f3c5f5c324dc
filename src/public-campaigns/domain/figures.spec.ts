import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countedUnits, type Figures, suspendedBetween, withTold } from './figures.js';
import { METRICS } from './unit-price.js';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 2) + seconds * 1_000);
const PUBLISHED = at(0);
const NOTHING: Figures = { metrics: {}, uncounted: {}, toldAt: {} };

/** Suspended from one second to another, which is not part of it; to none while it lasts. */
const span = (from: number, until: number | null) => ({
  from: at(from),
  until: until === null ? null : at(until),
});

/** What is known after the looks, each a second and what was told then. */
function after(
  looks: readonly (readonly [number, Figures['metrics']])[],
  suspensions: ReturnType<typeof span>[],
) {
  return looks.reduce(
    (before, [second, told]) =>
      withTold(before, told, { now: at(second), publishedAt: PUBLISHED, suspensions }),
    NOTHING,
  );
}
const likes = (...looks: [number, number][]) =>
  looks.map(([second, like]) => [second, { like: BigInt(like) }] as const);

describe('E06 units that are not paid for', () => {
  it.each([
    ['there was no suspension: all count', [], [10, 100, 150], 150n],
    ['one was over before it was published: all count', [span(-9, -1)], [10, 90, 95], 95n],
    ['one lay between two looks: what came between them does not', [span(15, 25)], [10, 100, 120], 30n],
    ['one lasts: nothing of what comes at any look does', [span(15, null)], [10, 100, 120], 10n],
    ['there were two: what came in either does not', [span(11, 12), span(35, 36)], [10, 100, 120], 10n],
    ['one was before the first look: what that finds does not', [span(1, 2)], [10, 100, 120], 110n],
    ['units were lost meanwhile: all that are left count', [span(15, 25)], [10, 4, 9], 9n],
  ])('%s', (_, suspensions, [first, second, third], counted) => {
    const looks = likes([10, first!], [30, second!], [40, third!]);
    expect(countedUnits(after(looks, suspensions)).like).toBe(counted);
  });

  it('units that are lost later were counted ones, and count again when they come back', () => {
    const looks = likes([10, 100], [30, 150]);
    const suspensions = [span(15, 25)];
    expect(countedUnits(after([...looks, ...likes([40, 120])], suspensions)).like).toBe(70n);
    expect(countedUnits(after([...looks, ...likes([40, 20])], suspensions)).like).toBe(0n);
    expect(countedUnits(after([...looks, ...likes([40, 20], [50, 160])], suspensions)).like).toBe(110n);
  });

  it('a metric that is not told at the first look after it has its turn when it is told', () => {
    const looks = [
      [10, { like: 1n, view: 100n }],
      [30, { like: 2n }],
      [40, { like: 3n, view: 500n }],
      [50, { view: 501n }],
    ] as const;
    expect(countedUnits(after(looks, [span(15, 25)]))).toEqual({ like: 2n, view: 101n });
  });

  it('what nobody has told is not zero', () => {
    expect(countedUnits(NOTHING)).toEqual({});
  });
});

describe('E06 units that are not paid for, whatever is told and however often somebody is suspended', () => {
  const told = fc.record(
    { like: fc.bigInt({ min: 0n, max: 500n }), view: fc.bigInt({ min: 0n, max: 500n }) },
    { requiredKeys: [] },
  );
  const looks = fc.array(told, { maxLength: 20 });
  const suspensions = fc
    .uniqueArray(fc.integer({ min: -5, max: 205 }), { maxLength: 9 })
    .map((seconds) => seconds.toSorted((one, other) => one - other))
    .map((seconds) =>
      seconds.flatMap((from, index) => (index % 2 === 0 ? [span(from, seconds[index + 1] ?? null)] : [])),
    );

  it('what counts is never more than was gained between looks with no suspension between them', () => {
    fc.assert(
      fc.property(looks, suspensions, (all, spans) => {
        for (const metric of METRICS) {
          let figures = NOTHING;
          let gained = 0n;
          let lastTold = { second: 0, units: 0n };
          for (const [index, now] of all.entries()) {
            const second = (index + 1) * 10;
            const before = countedUnits(figures)[metric] ?? 0n;
            figures = withTold(figures, now, { now: at(second), publishedAt: PUBLISHED, suspensions: spans });
            const counted = countedUnits(figures)[metric] ?? 0n;
            const units = now[metric as 'like'];
            if (units === undefined) {
              expect(counted).toBe(before);
              continue;
            }
            const rise = units > lastTold.units ? units - lastTold.units : 0n;
            if (suspendedBetween(spans, at(lastTold.second), at(second)))
              expect(counted <= before).toBe(true);
            else gained += rise;
            expect(counted <= gained && counted <= units).toBe(true);
            expect(counted - before <= rise).toBe(true);
            lastTold = { second, units };
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('without a suspension everything counts', () => {
    fc.assert(
      fc.property(looks, (all) => {
        const figures = after(
          all.map((now, index) => [index, now] as const),
          [],
        );
        expect(countedUnits(figures)).toEqual(figures.metrics);
        expect(figures.uncounted).toEqual({});
      }),
      { numRuns: 40 },
    );
  });
});
