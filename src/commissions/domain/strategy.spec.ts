import { describe, expect, it } from 'vitest';
import { describeTerms } from './describe.js';
import { restoreStrategy, storeStrategy } from './strategy-json.js';
import { tierFaults, type Strategy } from './strategy.js';

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

describe('strategies', () => {
  it('come back from JSON as they went in', () => {
    const stored = JSON.parse(JSON.stringify(strategies.map(storeStrategy)));
    expect(stored.map(restoreStrategy)).toEqual(strategies);
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
  const plan = { currency: 'EUR', strategies, adminFeeBps: 1000, negativeCarryOver: false };

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
});
