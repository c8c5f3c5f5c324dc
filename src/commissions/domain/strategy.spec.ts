import { describe, expect, it } from 'vitest';
import { describeTerms } from './describe.js';
import { restoreStrategy, storeStrategy } from './strategy-json.js';
import { levelFaults, type Strategy, tierFaults } from './strategy.js';

const strategies: Strategy[] = [
  {
    type: 'cpa',
    amountMinor: 5_000n,
    criteria: {
      firstDepositAtLeastMinor: 2_000n,
      wagerAtLeastMinor: 10_000n,
      withinDays: 30,
      countries: ['DE', 'AT'],
    },
  },
  {
    type: 'revshare',
    base: 'ngr',
    tierMode: 'flat',
    tiers: [
      { fromMinor: 0n, rateBps: 2500 },
      { fromMinor: 1_000_000n, rateBps: 3550 },
    ],
  },
];

const MORE: Strategy[] = [
  { type: 'cpl', amountMinor: 500n, countries: ['DE', 'AT'], capCount: 100 },
  { type: 'cpl', amountMinor: 100n },
  { type: 'cpa', amountMinor: 5_000n, criteria: {}, capCount: 1, capAmountMinor: 100_000n },
  { type: 'sale', amountMinor: 1_000n, capCount: 20 },
  { type: 'sale', rateBps: 525 },
  {
    ...{ type: 'revshare', base: 'ggr', tierMode: 'flat', capAmountMinor: 99_999n },
    tiers: [{ fromMinor: 0n, rateBps: 3000 }],
  },
  { type: 'sub_affiliate', levels: [{ level: 1, rateBps: 1000 }], onlyWhenInviterEarned: false },
  {
    type: 'sub_affiliate',
    levels: [
      { level: 1, rateBps: 1000 },
      { level: 2, rateBps: 500 },
      { level: 10, rateBps: 1 },
    ],
    onlyWhenInviterEarned: true,
    capAmountMinor: 5_000_000n,
  },
];

describe('strategies', () => {
  it('come back from JSON as they went in', () => {
    const all = [...strategies, ...MORE];
    const stored = JSON.parse(JSON.stringify(all.map(storeStrategy)));
    expect(stored.map(restoreStrategy)).toEqual(all);
  });

  it('keep the form in which the database has held them from the beginning', () => {
    expect(storeStrategy(strategies[0]!)).toEqual({
      type: 'cpa',
      amountMinor: '5000',
      criteria: {
        firstDepositAtLeastMinor: '2000',
        wagerAtLeastMinor: '10000',
        withinDays: 30,
        countries: ['DE', 'AT'],
      },
    });
  });

  it('name each level once, in ascending order', () => {
    const levels = (...named: number[]) => named.map((level) => ({ level, rateBps: 100 }));
    expect(levelFaults(levels(1, 2, 10), 'l')).toEqual([]);
    expect(levelFaults(levels(2, 2, 1), 'l').map(({ path }) => path)).toEqual(['l.1.level', 'l.2.level']);
  });

  it('need ascending tiers from zero', () => {
    const tier = (fromMinor: bigint) => ({ fromMinor, rateBps: 100 });
    expect(tierFaults([tier(0n), tier(5n)], 't')).toEqual([]);
    expect(tierFaults([], 't')).toEqual([{ path: 't', message: 'at least one tier' }]);
    expect(tierFaults([tier(1n), tier(5n), tier(5n)], 't').map(({ path }) => path)).toEqual([
      't.0.from',
      't.2.from',
    ]);
  });
});

describe('terms in words (A03)', () => {
  const plan = { currency: 'EUR', strategies, adminFeeBps: 1000, negativeCarryOver: false, holdDays: 0 };

  it('say everything that decides the amount', () => {
    expect(describeTerms({ ...plan, period: 'monthly', timeZone: 'Europe/Berlin' })).toEqual([
      '50.00 EUR for every player from DE, AT who first deposits at least 20.00 EUR and wagers at least 100.00 EUR within 30 days of sign-up, once per player.',
      'A share of NGR (GGR − bonuses − deductions − taxes − payment, provider and jackpot fees − admin fee): 25%, 35.5% from 10000.00 EUR; the rate reached applies to the whole of it.',
      'An admin fee of 10% of gross revenue is taken off net revenue.',
      'A negative result is not carried over: the next period starts from zero.',
      'Billed every calendar month (Europe/Berlin), in EUR.',
    ]);
  });

  it('stay short for a simple plan', () => {
    const simple: Strategy[] = [
      { type: 'cpa', amountMinor: 100n, criteria: {} },
      { type: 'revshare', base: 'ggr', tierMode: 'flat', tiers: [{ fromMinor: 0n, rateBps: 3000 }] },
    ];
    expect(
      describeTerms({
        ...plan,
        strategies: simple,
        negativeCarryOver: true,
        period: 'weekly',
        timeZone: 'UTC',
      }),
    ).toEqual([
      '1.00 EUR for every player who signs up, once per player.',
      '30% of GGR (Gross gaming revenue: bets − wins).',
      'A negative result is carried over to the next period.',
      'Billed every week, from Monday (UTC), in EUR.',
    ]);
  });

  it('tell of every strategy, its caps and the hold', () => {
    const words = describeTerms({
      ...plan,
      strategies: MORE,
      holdDays: 14,
      period: 'monthly',
      timeZone: 'UTC',
    });
    expect(words).toEqual([
      '5.00 EUR for every player from DE, AT who registers, once per player, never for duplicate, self-excluded or disabled players. At most the first 100 players a calendar month.',
      '1.00 EUR for every player who registers, once per player, never for duplicate, self-excluded or disabled players.',
      '50.00 EUR for every player who signs up, once per player. At most the first 1 player and 1000.00 EUR a calendar month.',
      '10.00 EUR for every approved order; an order counts in the period in which it was placed. At most the first 20 orders a calendar month.',
      '5.25% of every approved order; an order counts in the period in which it was placed.',
      '30% of GGR (Gross gaming revenue: bets − wins). At most 999.99 EUR a calendar month.',
      'A share of the commission of partners whom you brought (level 1) or who came through them: 10% at level 1.',
      'A share of the commission of partners whom you brought (level 1) or who came through them: 10% at level 1, 5% at level 2 and 0.01% at level 10, only for periods in which you earned commission of your own. At most 50000.00 EUR a calendar month.',
      'A negative result is not carried over: the next period starts from zero.',
      'Billed every calendar month (UTC), in EUR.',
      'A bill is held until 14 days after the end of its period.',
    ]);
  });
});
