import { describe, expect, it } from 'vitest';
import type { PlayerFacts, VisitFacts } from './fraud-rule.js';
import { placeOf } from './place.js';
import { FRAUD_RULES, PLAYER_RULES } from './rules.js';

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const SEEN = new Date('2026-10-01T08:00:00Z');

const visit = (changes: Partial<VisitFacts> = {}): VisitFacts => {
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
    earlierPlayerIds: [],
    ...changes,
  };
};

const player = (changes: Partial<PlayerFacts> = {}): PlayerFacts => ({
  signedUpAt: new Date('2026-10-05T09:01:00Z'),
  country: 'DE',
  mailboxHash: 'mailbox of bob',
  nameHash: 'name of bob',
  duplicate: false,
  sameMailbox: [],
  samePerson: [],
  visit: visit(),
  code: null,
  members: [{ userId: 'u-1', mailboxHash: 'mailbox of ann', devices: [] }],
  accounts: [
    { paymentMethodId: 'm-1', type: 'paypal', masked: {}, mailboxHash: 'mailbox of ann', nameHash: null },
    { paymentMethodId: 'm-2', type: 'bank_transfer', masked: {}, mailboxHash: null, nameHash: 'name of ann' },
  ],
  ...changes,
});

/** Ann, who signed in from there with that. */
const annAt = (address: string | null, userAgent: string | null = AGENT): Partial<PlayerFacts> => ({
  members: [
    { userId: 'u-1', mailboxHash: 'mailbox of ann', devices: [{ address, userAgent, lastSeenAt: SEEN }] },
  ],
});
const signUpAt = (time: string, changes: Partial<VisitFacts> = {}): Partial<PlayerFacts> => ({
  signedUpAt: new Date(time),
  visit: visit(changes),
});

/** What the rules find, as `rule: fingerprint`. */
const found = (changes: Partial<PlayerFacts>): string[] =>
  PLAYER_RULES.flatMap((rule) =>
    rule.find(player(changes)).map(({ fingerprint }) => `${rule.name}: ${fingerprint}`),
  );

const byCode = (signUp: string): Partial<PlayerFacts> => ({
  signedUpAt: new Date(signUp),
  visit: null,
  code: { id: 'c-1', takenAt: new Date('2026-10-05T09:00:00Z') },
});

const CASES: [string, Partial<PlayerFacts>, string[]][] = [
  ['nothing of somebody else', {}, []],
  [
    'nothing of one whose code was taken five minutes later: clocks differ',
    byCode('2026-10-05T08:55:00Z'),
    [],
  ],
  ['nothing of one of that day, as far as is known', byCode('2026-10-05T00:00:00Z'), []],
  ['one whose code was taken later', byCode('2026-10-05T08:54:59Z'), ['sign_up_before_code: before_code']],
  ['nothing of a player by promo code', { visit: null, country: null }, []],
  ['nothing of a player of whom nothing is known', { mailboxHash: null, nameHash: null, visit: null }, []],
  [
    'the mailbox of the partner’s person, who is also paid to it',
    { mailboxHash: 'mailbox of ann' },
    ['self_referral_email: u-1', 'self_referral_payment_account: m-1'],
  ],
  ['the name of the account holder', { nameHash: 'name of ann' }, ['self_referral_payment_account: m-2']],
  ['the address of a sign-in', annAt('203.0.113.7'), ['self_referral_address: u-1']],
  ['the address with another browser', annAt('203.0.113.7', 'curl'), ['self_referral_address: u-1']],
  ['the browser in the same network', annAt('203.0.113.99'), ['self_referral_device: u-1']],
  ['not another browser in the same network', annAt('203.0.113.99', 'Other'), []],
  ['not the browser in another network', annAt('203.0.114.7'), []],
  ['nothing of sign-ins without an address', annAt(null), []],
  ['not two that name no browser', { ...annAt('203.0.113.99', null), visit: visit({ userAgent: null }) }, []],
  [
    'the same /64 of IPv6',
    { ...annAt('2001:db8:7:1::aaaa'), visit: visit({ address: '2001:db8:7:1::bbbb' }) },
    ['self_referral_address: u-1'],
  ],
  [
    'the browser in the same /48 of IPv6',
    { ...annAt('2001:db8:7:2::1'), visit: visit({ address: '2001:db8:7:1::1' }) },
    ['self_referral_device: u-1'],
  ],
  ['the brand’s flag', { duplicate: true }, ['duplicate_player: flag']],
  ['the mailbox of an earlier player', { sameMailbox: ['p-0'] }, ['duplicate_player: e-mail']],
  ['the person of an earlier player', { samePerson: ['p-0'] }, ['duplicate_player: person']],
  [
    'a sign-up long before the visit',
    signUpAt('2026-10-05T08:54:59Z'),
    ['conversion_without_visit: before_visit'],
  ],
  ['not clocks that differ', signUpAt('2026-10-05T08:55:00Z'), []],
  ['not a sign-up of which only the day is known', signUpAt('2026-10-05T00:00:00Z'), []],
  ['but one of the day before', signUpAt('2026-10-04T00:00:00Z'), ['conversion_without_visit: before_visit']],
  [
    'a visit that has brought somebody else',
    { visit: visit({ earlierPlayerIds: ['p-0'] }) },
    ['conversion_without_visit: visit_used'],
  ],
  ['a sign-up within seconds', signUpAt('2026-10-05T09:00:04.999Z'), ['time_to_convert: fast']],
  ['not one of five seconds', signUpAt('2026-10-05T09:00:05Z'), []],
  [
    'not midnight after a click at midnight',
    signUpAt('2026-10-05T00:00:00Z', { visitedAt: new Date('2026-10-04T23:59:58Z') }),
    [],
  ],
  ['not one of ninety days', signUpAt('2027-01-03T09:00:00Z'), []],
  ['a sign-up after more than ninety days', signUpAt('2027-01-03T09:00:01Z'), ['time_to_convert: slow']],
  ['a data centre', { visit: visit({ datacenter: true }) }, ['datacenter_address: visit']],
  ['a bot', { visit: visit({ bot: true }) }, ['bot: visit']],
  ['another country', { country: 'AT' }, ['country_mismatch: DE AT']],
  ['not an unknown country of the player', { country: null }, []],
  ['not an unknown country of the visit', { visit: visit({ country: null }) }, []],
];

describe('B07 the rules', () => {
  it.each(CASES)('find %s', (_title, changes, expected) => {
    expect(found(changes)).toEqual(expected);
  });

  it('tell what they rest on', () => {
    const [rule] = PLAYER_RULES.filter(({ name }) => name === 'self_referral_address');
    expect(rule!.find(player(annAt('203.0.113.7')))).toEqual([
      {
        fingerprint: 'u-1',
        evidence: {
          userId: 'u-1',
          visitId: 'v-1',
          address: '203.0.113.7',
          signedInFrom: '203.0.113.7',
          lastSeenAt: SEEN,
        },
      },
    ]);
  });

  it('have names of their own, are explained and weighed', () => {
    expect(new Set(FRAUD_RULES.map(({ name }) => name)).size).toBe(FRAUD_RULES.length);
    for (const { meaning, weight } of FRAUD_RULES) {
      expect(meaning.length).toBeGreaterThan(40);
      expect(weight).toBeGreaterThanOrEqual(1);
      expect(weight).toBeLessThanOrEqual(100);
    }
  });
});
