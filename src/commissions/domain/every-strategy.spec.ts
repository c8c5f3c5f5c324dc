import { describe, expect, it } from 'vitest';
import { type ApprovedOrder, calculatePeriod, type PeriodFacts } from './calculate.js';
import type { Registration } from './registrations.js';
import type { Strategy } from './strategy.js';
import type { SubAffiliateBase } from './sub-affiliates.js';

const at = (day: number, hour = 0): Date => new Date(Date.UTC(2026, 9, day, hour));
const FAIR = {
  duplicate: false,
  selfExcluded: false,
  disabled: false,
  fraudulent: false,
  settled: false,
  country: 'DE',
};
const player = (
  externalId: string,
  promoId: string,
  day: number,
  extra: Partial<Registration> = {},
): Registration => ({
  ...{ campaignId: 'c1', promoId, externalId, signedUpAt: at(day), ...FAIR },
  ...extra,
});
const order = (externalId: string, promoId: string, day: number, amountMinor: bigint): ApprovedOrder => ({
  ...{ campaignId: 'c1', promoId, externalId, amountMinor },
  orderedAt: at(day),
});
const run = (strategies: Strategy[], facts: Partial<PeriodFacts>, currency = 'EUR') =>
  calculatePeriod({
    version: { currency, adminFeeBps: 0, strategies },
    promoActivity: [],
    qualified: [],
    registrations: [],
    orders: [],
    subAffiliates: [],
    ...facts,
  });
type Row = [strategy: number, promo: string, quantity: number, amountMinor: bigint];
const rows = (lines: ReturnType<typeof run>): Row[] =>
  lines.map((line) => [line.strategyIndex, line.promoId, line.quantity, line.amountMinor]);

const cpl = (part: object = {}): Strategy => ({ type: 'cpl', amountMinor: 500n, ...part });

describe('A03 commission per registration', () => {
  it.each<[string, Strategy[], Registration[], Row[]]>([
    // 3 × 5.00
    [
      'pays for each player of a promo',
      [cpl()],
      [player('a', 'p1', 1), player('b', 'p1', 2), player('c', 'p2', 3)],
      [
        [0, 'p1', 2, 1_000n],
        [0, 'p2', 1, 500n],
      ],
    ],
    [
      'once per player, however often it is listed',
      [cpl()],
      [player('a', 'p1', 1), player('a', 'p1', 1)],
      [[0, 'p1', 1, 500n]],
    ],
    [
      'never for duplicate, self-excluded or disabled players',
      [cpl()],
      [
        player('a', 'p1', 1, { duplicate: true }),
        player('b', 'p1', 1, { selfExcluded: true }),
        player('c', 'p1', 1, { disabled: true }),
      ],
      [],
    ],
    [
      'for the countries named, an unknown one not among them',
      [cpl({ countries: ['DE', 'AT'] })],
      [
        player('a', 'p1', 1),
        player('b', 'p1', 1, { country: 'FR' }),
        player('c', 'p1', 1, { country: null }),
      ],
      [[0, 'p1', 1, 500n]],
    ],
    // 9.00 for Switzerland, 5.00 for all others: nobody twice
    [
      'by the first strategy that fits the country',
      [cpl({ countries: ['CH'], amountMinor: 900n }), cpl()],
      [
        player('a', 'p1', 1, { country: 'CH' }),
        player('b', 'p1', 1),
        player('c', 'p1', 1, { country: null }),
      ],
      [
        [0, 'p1', 1, 900n],
        [1, 'p1', 2, 1_000n],
      ],
    ],
    // The second and third of October are paid; on the third, a comes before b
    [
      'for the earliest players up to the cap, of one instant by their ids',
      [cpl({ capCount: 2 })],
      [player('b', 'p1', 3), player('a', 'p2', 3), player('z', 'p1', 2)],
      [
        [0, 'p1', 1, 500n],
        [0, 'p2', 1, 500n],
      ],
    ],
    // Three players would be 15.00; the cap of 10.00 splits 2 : 1 into 6.67 and 3.33
    [
      'up to an amount, in proportion',
      [cpl({ capAmountMinor: 1_000n })],
      [player('a', 'p1', 1), player('b', 'p1', 2), player('c', 'p2', 3)],
      [
        [0, 'p1', 2, 667n],
        [0, 'p2', 1, 333n],
      ],
    ],
  ])('%s', (_name, strategies, registrations, expected) => {
    expect(rows(run(strategies, { registrations }))).toEqual(expected);
  });

  it('explains what it counted and what its cap left out', () => {
    const registrations = [player('a', 'p1', 1), player('b', 'p1', 2), player('c', 'p2', 3)];
    const [first, second] = run([cpl({ capCount: 1 })], { registrations });
    expect(first).toMatchObject({ rate: '5.00 EUR per registration', baseMinor: null });
    expect(first!.explanation).toEqual({
      formula: 'cpl',
      currency: 'EUR',
      registrations: 1,
      perRegistration: '5.00',
      countCap: { cap: 1, counted: 3, took: 1 },
    });
    expect(second).toMatchObject({
      amountMinor: 0n,
      explanation: { registrations: 0, countCap: { took: 1 } },
    });
    expect(run([cpl({ capCount: 3 })], { registrations })[0]!.explanation).not.toHaveProperty('countCap');
  });
});

const perOrder = (part: object = {}): Strategy => ({ type: 'sale', amountMinor: 1_000n, ...part });
const ofOrder = (part: object = {}): Strategy => ({ type: 'sale', rateBps: 525, ...part });

describe('T07 commission per order', () => {
  it.each<[string, Strategy[], ApprovedOrder[], Row[]]>([
    [
      'pays a fixed amount for each',
      [perOrder()],
      [order('a', 'p1', 1, 9_999n), order('b', 'p1', 2, 1n), order('c', 'p2', 3, 5n)],
      [
        [0, 'p1', 2, 2_000n],
        [0, 'p2', 1, 1_000n],
      ],
    ],
    // 100.00 + 0.10 = 100.10; × 5.25 % = 5.25525 → 5.26, rounded once for the line
    [
      'pays a share of the orders of a promo, rounded once',
      [ofOrder()],
      [order('a', 'p1', 1, 10_000n), order('b', 'p1', 2, 10n)],
      [[0, 'p1', 2, 526n]],
    ],
    // 0.20 × 5.25 % = 0.0105 → 0.01; 2.00 × 5.25 % = 0.105 → 0.10 (half to even); 6.00 → 0.315 → 0.32
    [
      'rounds half to even',
      [ofOrder()],
      [order('a', 'p1', 1, 20n), order('b', 'p2', 1, 200n), order('c', 'p3', 1, 600n)],
      [
        [0, 'p1', 1, 1n],
        [0, 'p2', 1, 10n],
        [0, 'p3', 1, 32n],
      ],
    ],
    // 10.00 + 5.25 % of 100.00
    [
      'pays an order by each strategy of a hybrid plan',
      [perOrder(), ofOrder()],
      [order('a', 'p1', 1, 10_000n)],
      [
        [0, 'p1', 1, 1_000n],
        [1, 'p1', 1, 525n],
      ],
    ],
    // Only the 100.00 of the first day counts, whatever came first to us
    [
      'pays a share of the earliest orders up to the cap',
      [ofOrder({ capCount: 1 })],
      [order('b', 'p1', 2, 50_000n), order('a', 'p1', 1, 10_000n)],
      [[0, 'p1', 1, 525n]],
    ],
    // First the count: 2 × 10.00 on p1 and nothing on p2; then 15.00 at most
    [
      'is capped by number first, then by amount',
      [perOrder({ capCount: 2, capAmountMinor: 1_500n })],
      [order('a', 'p1', 1, 1n), order('b', 'p1', 2, 1n), order('c', 'p2', 3, 1n)],
      [
        [0, 'p1', 2, 1_500n],
        [0, 'p2', 0, 0n],
      ],
    ],
    ['is nothing without orders', [perOrder(), ofOrder()], [], []],
  ])('%s', (_name, strategies, orders, expected) => {
    expect(rows(run(strategies, { orders }))).toEqual(expected);
  });

  it('explains the share', () => {
    const [line] = run([ofOrder({ capAmountMinor: 500n })], { orders: [order('a', 'p1', 1, 10_000n)] });
    expect(line).toMatchObject({ rate: '5.25%', baseMinor: 10_000n, amountMinor: 500n });
    expect(line!.explanation).toEqual({
      formula: 'sale_share',
      currency: 'EUR',
      approvedOrders: 1,
      ordersTotal: '100.00',
      rateBps: 525,
      amountCap: { cap: '5.00', uncappedTotal: '5.25', uncapped: '5.25', took: '0.25' },
    });
  });
});

describe('A03 caps of the other strategies', () => {
  it('pays the players who qualified first', () => {
    const qualified = [4, 2, 3].map((day) => ({
      ...{ campaignId: 'c1', promoId: `p${day}`, externalId: `player-${day}`, strategyIndex: 0 },
      at: at(day),
    }));
    const strategy: Strategy = { type: 'cpa', amountMinor: 5_000n, criteria: {}, capCount: 2 };
    expect(rows(run([strategy], { qualified }))).toEqual([
      [0, 'p2', 1, 5_000n],
      [0, 'p3', 1, 5_000n],
      [0, 'p4', 0, 0n],
    ]);
  });

  it.each<[string, bigint, bigint[], bigint[]]>([
    // 10 % of 1000.00, 500.00, 500.00 are 100 + 50 + 50 = 200.00; of 99.99 they get 49.995, 24.9975, 24.9975
    ['in proportion', 9_999n, [100_000n, 50_000n, 50_000n], [4_999n, 2_500n, 2_500n]],
    // 100.00 − 20.00 = 80.00, halved: 50.00 and −10.00
    ['with a losing promo', 4_000n, [100_000n, -20_000n], [5_000n, -1_000n]],
    ['not at all while the sum is within', 8_000n, [100_000n, -20_000n], [10_000n, -2_000n]],
    ['not at all when the sum is negative', 100n, [-100_000n, 20_000n], [-10_000n, 2_000n]],
    // Three equal fractions of a third: the cent goes to the first promo
    ['to the first of equals', 100n, [10_000n, 10_000n, 10_000n], [34n, 33n, 33n]],
  ])('brings a share of revenue down %s', (_name, capAmountMinor, bases, expected) => {
    const strategy: Strategy = {
      ...{ type: 'revshare', base: 'ggr', tierMode: 'flat', capAmountMinor },
      tiers: [{ fromMinor: 0n, rateBps: 1000 }],
    };
    const promoActivity = bases.map((base, index) => ({
      ...{ campaignId: 'c1', promoId: `p${index}`, sums: { bets_sum: base } },
    }));
    expect(run([strategy], { promoActivity }).map(({ amountMinor }) => amountMinor)).toEqual(expected);
  });
});

describe('A19 commission for partners brought', () => {
  const base = (level: number, promoId: string, baseMinor: bigint, partners = 1): SubAffiliateBase => ({
    ...{ campaignId: 'c1', promoId, level, baseMinor, partners },
  });
  const strategy = (part: object = {}): Strategy => ({
    type: 'sub_affiliate',
    levels: [
      { level: 1, rateBps: 1000 },
      { level: 3, rateBps: 250 },
    ],
    onlyWhenInviterEarned: false,
    ...part,
  });
  const pay = (part: object, subAffiliates: SubAffiliateBase[]) => run([strategy(part)], { subAffiliates });

  it('pays by level, one line each', () => {
    // 10 % of 123.45 = 12.345 → 12.34 (half to even); 2.5 % of 80.00 = 2.00; level 2 is not in the plan
    const lines = pay({}, [base(3, 'p1', 8_000n, 4), base(1, 'p1', 12_345n, 2), base(2, 'p1', 99_900n)]);
    expect(lines.map(({ lineKey, quantity, baseMinor, rate, amountMinor }) => [lineKey, quantity, baseMinor, rate, amountMinor])).toEqual([
      ['0:c1:p1:1', 2, 12_345n, '10%', 1_234n],
      ['0:c1:p1:3', 4, 8_000n, '2.5%', 200n],
    ]); // prettier-ignore
    expect(lines[0]!.explanation).toEqual({
      formula: 'sub_affiliate',
      currency: 'EUR',
      level: 1,
      partners: 2,
      base: '123.45',
      rateBps: 1000,
    });
  });

  it('adds up what came by one promo, losses too, and pays nothing for nothing', () => {
    const lines = pay({}, [base(1, 'p1', 5_000n), base(1, 'p1', -1_000n), base(1, 'p2', 0n)]);
    expect(rows(lines)).toEqual([[0, 'p1', 2, 400n]]);
    expect(pay({}, [base(1, 'p1', -1_000n)])[0]!.amountMinor).toBe(-100n);
  });

  it('may ask that the inviter earned, by whatever strategy, and more than it lost', () => {
    const plan = (part: object): Strategy[] => [strategy(part), cpl()];
    const subAffiliates = [base(1, 'p1', 5_000n)];
    const earned = { subAffiliates, registrations: [player('a', 'p1', 1)] };
    const only = { onlyWhenInviterEarned: true };
    expect(run(plan(only), { subAffiliates })).toEqual([]);
    expect(rows(run(plan(only), earned))).toEqual([
      [0, 'p1', 1, 500n],
      [1, 'p1', 1, 500n],
    ]);
    expect(rows(run(plan({}), { subAffiliates }))).toEqual([[0, 'p1', 1, 500n]]);
  });

  it('is capped over all levels', () => {
    // 50.00 + 25.00 = 75.00, capped at 30.00 → 20.00 and 10.00
    const lines = pay({ capAmountMinor: 3_000n }, [base(1, 'p1', 50_000n), base(3, 'p1', 100_000n)]);
    expect(lines.map(({ amountMinor }) => amountMinor)).toEqual([2_000n, 1_000n]);
  });
});
