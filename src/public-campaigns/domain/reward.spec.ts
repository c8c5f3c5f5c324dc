import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accrualChange,
  postReward,
  type RewardTerms,
  shareOut,
  unknownMetrics,
  type UnitPrice,
} from './reward.js';
import { formatUnitPrice, METRICS, type Metrics, parseUnitPrice, PRICED_UNITS } from './unit-price.js';

const price = (unit: UnitPrice['unit'], amount: string, maxUnits: bigint | null = null): UnitPrice => ({
  unit,
  price: parseUnitPrice(amount, 'EUR', 'price'),
  maxUnits,
});
const earns = (unitPrices: UnitPrice[], metrics: Metrics, postCapMinor: bigint | null = null) =>
  postReward({ unitPrices, postCapMinor }, metrics);

describe('E02 the reward of a post', () => {
  it('is the sum of unit prices times units', () => {
    const prices = [price('post', '5'), price('like', '0.02'), price('view', '0.0025')];
    expect(earns(prices, { like: 120n, view: 10_000n })).toBe(500n + 240n + 2_500n);
  });

  it('is rounded down once, and not for each unit', () => {
    // 0.3 + 0.3 + 0.3 cents are none; with the fourth there is one.
    expect(earns([price('like', '0.003'), price('share', '0.003')], { like: 2n, share: 1n })).toBe(0n);
    expect(earns([price('like', '0.003'), price('share', '0.003')], { like: 2n, share: 2n })).toBe(1n);
    expect(earns([price('view', '0.00000001')], { view: 999_999n })).toBe(0n);
    expect(earns([price('view', '0.00000001')], { view: 1_000_000n })).toBe(1n);
  });

  it('counts no more units than are paid, and stops at the cap of the post', () => {
    expect(earns([price('view', '1', 10n)], { view: 9n })).toBe(900n);
    expect(earns([price('view', '1', 10n)], { view: 11n })).toBe(1_000n);
    expect(earns([price('post', '8'), price('view', '1', 10n)], { view: 11n }, 1_750n)).toBe(1_750n);
  });

  it('is exact far beyond what numbers hold', () => {
    expect(earns([price('view', '0.01')], { view: 9_007_199_254_740_993n })).toBe(9_007_199_254_740_993n);
  });

  it('is no more than the database holds', () => {
    expect(earns([price('view', '1000')], { view: 10n ** 17n })).toBe(2n ** 63n - 1n);
  });

  it('knows a metric that nobody has told from one that is zero', () => {
    const prices = [price('post', '1'), price('like', '1'), price('view', '1')];
    expect(unknownMetrics({ unitPrices: prices }, { like: 0n })).toEqual(['view']);
    expect(unknownMetrics({ unitPrices: prices }, { like: 0n, view: 0n })).toEqual([]);
  });
});

const unitPrices = fc.uniqueArray(
  fc.record({
    unit: fc.constantFrom(...PRICED_UNITS),
    price: fc.bigInt({ min: 1n, max: 10n ** 12n }),
    maxUnits: fc.option(fc.bigInt({ min: 1n, max: 10n ** 6n })),
  }),
  { selector: ({ unit }) => unit, minLength: 1 },
);
const metrics = fc.record(
  Object.fromEntries(METRICS.map((name) => [name, fc.bigInt({ min: 0n, max: 10n ** 9n })])),
  { requiredKeys: [] },
) as fc.Arbitrary<Metrics>;
const terms: fc.Arbitrary<RewardTerms> = fc.record({
  unitPrices,
  postCapMinor: fc.option(fc.bigInt({ min: 1n, max: 10n ** 9n })),
});

describe('E02 the reward of a post, whatever its terms', () => {
  it('differs from the exact sum by less than a minor unit, unless the cap stops it', () => {
    fc.assert(
      fc.property(unitPrices, metrics, (prices, units) => {
        const parts = prices.reduce((sum, { unit, price: each, maxUnits }) => {
          const count = unit === 'post' ? 1n : (units[unit] ?? 0n);
          return sum + each * (maxUnits !== null && maxUnits < count ? maxUnits : count);
        }, 0n);
        const lost = parts - earns(prices, units) * 1_000_000n;
        expect(lost >= 0n && lost < 1_000_000n).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('never falls with more units and never passes its cap', () => {
    fc.assert(
      fc.property(
        terms,
        metrics,
        fc.constantFrom(...METRICS),
        fc.bigInt({ min: 0n, max: 10n ** 6n }),
        (all, units, name, more) => {
          const before = postReward(all, units);
          const after = postReward(all, { ...units, [name]: (units[name] ?? 0n) + more });
          expect(after >= before).toBe(true);
          expect(all.postCapMinor === null || after <= all.postCapMinor).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('E03 accrual, whatever comes in whatever order', () => {
  it('keeps consumed between zero and the budget, the sum of what is accrued, and creators below their cap', () => {
    const amount = fc.bigInt({ min: 0n, max: 400n });
    const step = fc.record({ post: fc.nat({ max: 5 }), reward: amount });
    const cap = fc.option(fc.bigInt({ min: 1n, max: 500n }));
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.bigInt({ min: 1n, max: 900n }),
        cap,
        (steps, budget, creatorCap) => {
          const accrued = new Map<number, bigint>();
          // Posts 0 to 2 are one creator's, 3 to 5 another's.
          const sumOf = (creator: number | null, without = -1): bigint =>
            [...accrued].reduce(
              (sum, [post, own]) =>
                post !== without && (creator === null || Math.floor(post / 3) === creator) ? sum + own : sum,
              0n,
            );
          let consumed = 0n;
          for (const { post, reward } of steps) {
            const own = accrued.get(post) ?? 0n;
            const creator = Math.floor(post / 3);
            const change = accrualChange({
              reward,
              accrued: own,
              creatorCap,
              accruedElsewhere: sumOf(creator, post),
              budgetLeft: budget - consumed,
            });
            accrued.set(post, own + change);
            consumed += change;
            expect(own + change >= 0n && own + change <= reward).toBe(true);
            expect(consumed >= 0n && consumed <= budget).toBe(true);
            expect(consumed).toBe(sumOf(null));
            expect(creatorCap === null || sumOf(creator) <= creatorCap).toBe(true);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('takes all of the reward while nothing is in its way, and gives back what is earned no more', () => {
    const position = {
      reward: 500n,
      accrued: 200n,
      creatorCap: null,
      accruedElsewhere: 0n,
      budgetLeft: 1_000n,
    };
    expect(accrualChange(position)).toBe(300n);
    expect(accrualChange({ ...position, budgetLeft: 120n })).toBe(120n);
    expect(accrualChange({ ...position, creatorCap: 400n, accruedElsewhere: 150n })).toBe(50n);
    expect(accrualChange({ ...position, reward: 50n, budgetLeft: 0n })).toBe(-150n);
    expect(accrualChange({ ...position, reward: 0n })).toBe(-200n);
  });
});

describe('E03 a budget is shared out', () => {
  const claim = (creatorId: string, most: bigint, held = 0n) => ({ creatorId, most, held });

  it('in order, to whoever has earned more than caps and budget have left', () => {
    const accrued = shareOut(
      [claim('a', 8n), claim('a', 8n), claim('b', 5n), claim('c', 5n), claim('b', 1n)],
      {
        budgetMinor: 18n,
        creatorCapMinor: 10n,
      },
    );
    expect(accrued).toEqual([
      { accrued: 8n, reached: true },
      { accrued: 2n, reached: true },
      { accrued: 5n, reached: true },
      { accrued: 3n, reached: true },
      { accrued: 0n, reached: false },
    ]);
  });

  it('never takes what is held, and gives the same when it is done again', () => {
    const amount = fc.bigInt({ min: 0n, max: 400n });
    const post = fc.record({ creatorId: fc.constantFrom('a', 'b'), most: amount, isHeld: fc.boolean() });
    const cap = fc.option(fc.bigInt({ min: 1n, max: 500n }));
    fc.assert(
      fc.property(
        fc.array(post),
        fc.bigInt({ min: 1n, max: 900n }),
        cap,
        (posts, budgetMinor, creatorCapMinor) => {
          const limits = { budgetMinor, creatorCapMinor };
          const before = shareOut(
            posts.map(({ creatorId, most }) => claim(creatorId, most)),
            limits,
          );
          // The last come first from now on: what was held before goes before all.
          const claims = posts
            .map(({ creatorId, most, isHeld }, index) =>
              claim(creatorId, most, isHeld ? before[index]!.accrued : 0n),
            )
            .toReversed();
          const after = shareOut(claims, limits);
          expect(after.every(({ accrued }, index) => accrued >= claims[index]!.held)).toBe(true);
          expect(after.every(({ accrued }, index) => accrued <= claims[index]!.most)).toBe(true);
          expect(after.reduce((sum, { accrued }) => sum + accrued, 0n) <= budgetMinor).toBe(true);
          const again = claims.map((one, index) => ({ ...one, held: after[index]!.accrued }));
          expect(shareOut(again, limits).map(({ accrued }) => accrued)).toEqual(
            after.map(({ accrued }) => accrued),
          );
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('E02 unit prices', () => {
  it.each([
    ['0.0025', 'EUR', '0.0025'],
    ['5', 'EUR', '5.00'],
    ['12.50', 'EUR', '12.50'],
    ['0.00000001', 'EUR', '0.00000001'],
    ['3', 'JPY', '3'],
    ['0.5', 'JPY', '0.5'],
    ['1.2345', 'KWD', '1.2345'],
  ])('%s %s reads back as %s', (amount, currency, shown) => {
    expect(formatUnitPrice(parseUnitPrice(amount, currency, 'price'), currency)).toBe(shown);
  });

  it.each(['0', '0.00', '-1', '1e3', '+1', '01', '.5', '1.', '٣', 'NaN', '', '0.000000001', '1234567890'])(
    'refuses %j',
    (amount) => expect(() => parseUnitPrice(amount, 'EUR', 'price')).toThrow('price: '),
  );
});
