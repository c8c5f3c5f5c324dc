import { describe, expect, it } from 'vitest';
import type { OrderFacts } from './fraud-rule.js';
import { ORDER_RULES } from './order-rules.js';
import { placeOf } from './place.js';

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
type Visit = NonNullable<OrderFacts['visit']>;

const visit = (changes: Partial<Visit> = {}): Visit => {
  const address = changes.address ?? '203.0.113.7';
  return {
    id: 'v-1',
    visitedAt: new Date('2026-10-05T09:00:00Z'),
    address,
    place: placeOf(address)!,
    userAgent: AGENT,
    country: 'DE',
    bot: false,
    datacenter: false,
    ...changes,
  };
};
const order = (changes: Partial<OrderFacts> = {}): OrderFacts => ({
  orderedAt: new Date('2026-10-05T09:10:00Z'),
  country: 'DE',
  visit: visit(),
  code: null,
  members: [],
  ...changes,
});
const orderedAt = (time: string): Partial<OrderFacts> => ({ orderedAt: new Date(time) });
const annAt = (address: string | null, userAgent: string | null = AGENT): Partial<OrderFacts> => ({
  members: [
    {
      userId: 'u-1',
      mailboxHash: 'mailbox of ann',
      devices: [{ address, userAgent, lastSeenAt: new Date('2026-10-01T08:00:00Z') }],
    },
  ],
});

const CODE = { id: 'c-1', takenAt: new Date('2026-10-05T09:00:00Z') };

const CASES: [string, Partial<OrderFacts>, string[]][] = [
  ['nothing of an ordinary order', {}, []],
  ['nothing of one by promo code', { visit: null, ...annAt('203.0.113.7') }, []],
  ['one five minutes before its visit: clocks differ', orderedAt('2026-10-05T08:55:00Z'), []],
  ['one earlier than that', orderedAt('2026-10-05T08:54:59Z'), ['order_without_visit: before_visit']],
  ['one by a code that was taken before', { visit: null, code: CODE }, []],
  [
    'one five minutes before its code was taken: clocks differ',
    { visit: null, code: CODE, ...orderedAt('2026-10-05T08:55:00Z') },
    [],
  ],
  [
    'one earlier than that',
    { visit: null, code: CODE, ...orderedAt('2026-10-05T08:54:59Z') },
    ['order_before_code: before_code'],
  ],
  ['one within five seconds', orderedAt('2026-10-05T09:00:04.999Z'), ['order_time_to_convert: fast']],
  ['one after five seconds', orderedAt('2026-10-05T09:00:05Z'), []],
  ['one of a buyer who comes back after a year', orderedAt('2027-10-05T09:00:00Z'), []],
  ['a data centre', { visit: visit({ datacenter: true }) }, ['order_datacenter_address: visit']],
  ['a bot', { visit: visit({ bot: true }) }, ['order_bot: visit']],
  ['another country', { country: 'FR' }, ['order_country_mismatch: DE FR']],
  ['a country that the brand does not name', { country: null }, []],
  ['a visit from an unknown country', { visit: visit({ country: null }), country: 'FR' }, []],
  ['the partner’s own line', annAt('203.0.113.7', 'other'), ['order_self_referral_address: u-1']],
  ['the partner’s own browser nearby', annAt('203.0.113.8'), ['order_self_referral_device: u-1']],
  ['another browser nearby', annAt('203.0.113.8', 'other'), []],
  ['the same browser far away', annAt('192.0.2.1'), []],
];

describe('B07 rules about orders', () => {
  it.each(CASES)('%s', (_title, changes, expected) => {
    const found = ORDER_RULES.flatMap((rule) =>
      rule.find(order(changes)).map(({ fingerprint }) => `${rule.name}: ${fingerprint}`),
    );
    expect(found).toEqual(expected);
  });

  it('say what they mean, and a mismatch of countries the least', () => {
    for (const { title, meaning, weight } of ORDER_RULES) {
      expect(title.length).toBeGreaterThan(5);
      expect(meaning).toMatch(/\.$/);
      expect(weight).toBeGreaterThan(0);
    }
    const lightest = ORDER_RULES.toSorted((a, b) => a.weight - b.weight)[0]!;
    expect(lightest.name).toBe('order_country_mismatch');
  });
});
