import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entitled, FEATURES, hasRoom, LIMITS, type StoredEntitled, together } from './entitlements.js';

const limits = fc.record(Object.fromEntries(LIMITS.map((limit) => [limit, fc.option(fc.nat(1_000))])), {
  requiredKeys: [],
});
const features = fc.record(Object.fromEntries(FEATURES.map((feature) => [feature, fc.boolean()])), {
  requiredKeys: [],
});
const stored = fc.record({ limits, features }) as fc.Arbitrary<StoredEntitled>;

describe('entitlements', () => {
  it('of a package are everything, and of an add-on nothing, unless it says otherwise', () => {
    const nothing = { limits: {}, features: {} };
    expect(entitled('package', nothing)).toEqual({
      limits: { campaigns: null, channels: null, teamMembers: null, broadcastsPerMonth: null },
      features: { advertising: true, broadcastsBeyondFollowers: true },
    });
    expect(entitled('add_on', nothing)).toEqual({
      limits: { campaigns: 0, channels: 0, teamMembers: 0, broadcastsPerMonth: 0 },
      features: { advertising: false, broadcastsBeyondFollowers: false },
    });
  });

  it('never shrink by an add-on, whatever the order of several', () => {
    fc.assert(
      fc.property(stored, fc.array(stored, { maxLength: 4 }), (ofPackage, ofAddOns) => {
        const base = entitled('package', ofPackage);
        const addOns = ofAddOns.map((one) => entitled('add_on', one));
        const all = together(base, addOns);
        expect(together(base, addOns.toReversed())).toEqual(all);
        for (const limit of LIMITS) {
          const parts = [base, ...addOns].map((part) => part.limits[limit]);
          expect(all.limits[limit]).toBe(
            parts.includes(null) ? null : parts.reduce<number>((sum, part) => sum + part!, 0),
          );
        }
        for (const feature of FEATURES) {
          expect(all.features[feature]).toBe([base, ...addOns].some((part) => part.features[feature]));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('leave room below the limit only', () => {
    expect([0, 1, 2, 3].map((used) => hasRoom(2, used))).toEqual([true, true, false, false]);
    expect(hasRoom(0, 0)).toBe(false);
    expect(hasRoom(null, 1_000_000)).toBe(true);
  });
});
