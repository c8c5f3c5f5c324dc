import { describe, expect, it } from 'vitest';
import { isToBeHeld, signalsOnBill } from './review-hold.js';

const october = { start: new Date('2026-10-01T00:00:00Z'), end: new Date('2026-11-01T00:00:00Z') };
const line = (strategy: string, active: string[], qualified: string[]) => ({
  ...october,
  promoId: 'promo',
  strategy,
  activePlayers: new Set(active),
  qualifiedPlayers: new Set(qualified),
});
const signal = (changes: object = {}) => ({
  state: 'open' as const,
  promoId: 'promo',
  playerId: 'bob' as string | null,
  orderId: null as string | null,
  occurredAt: new Date('2026-09-01T00:00:00Z'),
  ...changes,
});
const signUp = (at: string) => signal({ occurredAt: new Date(at) });
const aboutOrder = (at: string) => signal({ playerId: null, orderId: 'o', occurredAt: new Date(at) });
const aboutPromo = (at: string) => signal({ playerId: null, occurredAt: new Date(at) });

describe('B07 signals on a bill', () => {
  it.each([
    ['a qualified player', line('cpa', [], ['bob']), signal(), true],
    ['one who played but did not qualify, of a line per player', line('cpa', ['bob'], []), signal(), false],
    ['one who played, of a share', line('revshare', ['bob'], []), signal(), true],
    ['one who did not play, of a share', line('revshare', [], ['bob']), signal(), false],
    [
      'one who registered, of a line per registration',
      line('cpl', [], []),
      signUp('2026-10-31T23:59:59Z'),
      true,
    ],
    ['one who registered later', line('cpl', [], []), signUp('2026-11-01T00:00:00Z'), false],
    ['one who played, of a line per order', line('sale', ['bob'], ['bob']), signal(), false],
    ['somebody else', line('cpa', ['bob'], ['bob']), signal({ playerId: 'eve' }), false],
    ['another promo', line('cpa', [], ['bob']), signal({ promoId: 'other' }), false],
    ['an order of the period', line('sale', [], []), aboutOrder('2026-10-31T23:59:59Z'), true],
    ['an order after it', line('sale', [], []), aboutOrder('2026-11-01T00:00:00Z'), false],
    ['an order, of a line per registration', line('cpl', [], []), aboutOrder('2026-10-05T00:00:00Z'), false],
    ['an order, of a share', line('revshare', [], []), aboutOrder('2026-10-05T00:00:00Z'), false],
    ['clicks on the promo of orders', line('sale', [], []), aboutPromo('2026-10-01T00:00:00Z'), true],
    ['clicks on the promo in the period', line('cpa', [], []), aboutPromo('2026-10-01T00:00:00Z'), true],
    ['clicks on the promo after it', line('cpa', [], []), aboutPromo('2026-11-01T00:00:00Z'), false],
    ['clicks on the promo before it', line('cpa', [], []), aboutPromo('2026-09-30T23:00:00Z'), false],
  ])('%s', (_title, contents, of, expected) => {
    expect(signalsOnBill([contents], [of])).toEqual(expected ? [of] : []);
  });

  it.each([
    [false, [], false],
    [true, [], false],
    [false, ['open'], true],
    [true, ['open', 'confirmed'], true],
    [true, ['confirmed'], true],
    [false, ['confirmed'], false],
  ] as const)('of a bill held: %s, with %j: held: %s', (held, states, expected) => {
    const signals = states.map((state) => ({ state }));
    expect(isToBeHeld(held, signals)).toBe(expected);
  });
});
