import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseTarget, type TargetConditions } from './choose-target.js';

const COUNTRIES = ['DE', 'AT', 'MT'];
const DEVICES = ['mobile', 'tablet', 'desktop'];

const conditions = (values: string[]) => fc.option(fc.subarray(values, { minLength: 1 }), { nil: null });
const targets = fc.array(
  fc.record({ weight: fc.integer({ min: 1, max: 1_000 }), countries: conditions(COUNTRIES), devices: conditions(DEVICES) }),
  { maxLength: 20 },
); // prettier-ignore
const visitor = fc.record({
  country: fc.option(fc.constantFrom(...COUNTRIES, 'FR'), { nil: null }),
  device: fc.constantFrom(...DEVICES),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

const target = (weight: number, countries: string[] | null = null, devices: string[] | null = null) => ({
  weight,
  countries,
  devices,
});
const isConditional = ({ countries, devices }: TargetConditions) => countries !== null || devices !== null;

describe('B08 rotation', () => {
  it('chooses a target that fits, one with conditions first, and none only when none fits', () => {
    fc.assert(
      fc.property(targets, visitor, (all, someone) => {
        const fits = ({ countries, devices }: TargetConditions) =>
          (countries?.includes(someone.country ?? '') ?? true) && (devices?.includes(someone.device) ?? true);
        const chosen = chooseTarget(all, someone);
        if (chosen === null) expect(all.some(fits)).toBe(false);
        else {
          expect(all).toContain(chosen);
          expect(fits(chosen)).toBe(true);
          expect(isConditional(chosen)).toBe(all.some((one) => isConditional(one) && fits(one)));
        }
      }),
    );
  });

  it('gives every target exactly its share of the random numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 }), (weights) => {
        const all = weights.map((weight) => target(weight));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const counts = new Map(all.map((one) => [one, 0]));
        for (let step = 0; step < total; step += 1) {
          const chosen = chooseTarget(all, {
            country: null,
            device: 'desktop',
            random: (step + 0.5) / total,
          });
          counts.set(chosen!, counts.get(chosen!)! + 1);
        }
        expect([...counts.values()]).toEqual(weights);
      }),
    );
  });

  it('draws by weight among those only that fit', () => {
    const [germany, phones, rest] = [target(1, ['DE']), target(3, null, ['mobile']), target(1_000)];
    const choose = (random: number, country: string | null, device: string) =>
      chooseTarget([rest, germany, phones], { country, device, random });
    expect([0, 0.24, 0.26, 0.99].map((random) => choose(random, 'DE', 'mobile'))).toEqual([
      germany,
      germany,
      phones,
      phones,
    ]);
    expect(choose(0.99, 'DE', 'desktop')).toBe(germany);
    expect(choose(0, 'FR', 'desktop')).toBe(rest);
    expect(choose(0, null, 'desktop')).toBe(rest);
    expect(chooseTarget([germany], { country: null, device: 'mobile', random: 0.5 })).toBeNull();
    expect(chooseTarget([], { country: 'DE', device: 'mobile', random: 0.5 })).toBeNull();
  });
});
