import { describe, expect, it } from 'vitest';
import {
  EVENT_CATALOGUE,
  EVENT_FACTS_IN_WORDS,
  EVENT_TYPES,
  eventFaults,
  eventSentence,
} from './event-catalogue.js';
import { type FactKinds, separateFacts } from './event-facts.js';

const ID = '01900000-0000-7000-8000-000000000001';
const SAMPLES: { [K in keyof FactKinds]: FactKinds[K] } = {
  money: { amount: '125.50', currency: 'EUR' },
  id: ID,
  text: 'wrong account',
  names: ['phone', 'website'],
  personal: 'ann@example.com',
  payment: {
    cashoutId: ID,
    acceptedAt: '2026-11-01T12:00:00.000Z',
    amount: { amount: '125.50', currency: 'EUR' },
  },
};

/** Right facts of a type. */
function sampleOf(type: (typeof EVENT_TYPES)[number]): Record<string, unknown> {
  const facts = Object.entries<keyof FactKinds>(EVENT_CATALOGUE[type].facts);
  return Object.fromEntries(facts.map(([name, kind]) => [name, SAMPLES[kind]]));
}

describe('A29 the catalogue of events', () => {
  it('has every type that partners are promised', () => {
    expect(EVENT_TYPES).toEqual(
      expect.arrayContaining([
        'bill_approved',
        'cashout_requested',
        'cashout_cancelled',
        'cashout_accepted',
        'refund_made',
        'payment_method_added',
        'payment_method_deleted',
        'two_factor_enabled',
        'two_factor_disabled',
        'balance_corrected',
      ]),
    );
  });

  it.each(EVENT_TYPES)('%s reads as a sentence, takes its facts and no others, and is documented', (type) => {
    const data = sampleOf(type);
    expect(eventFaults(type, data)).toEqual([]);
    expect(eventSentence(type, data, 'Ann')).toMatch(/^[A-Z].*[^ ]$/);
    expect(eventSentence(type, data, null)).not.toMatch(/undefined|null|NaN|\[object/);
    expect(eventFaults(type, { ...data, iban: 'DE1' })).toEqual([
      { path: 'iban', message: `is not a fact of ${type}` },
    ]);
    for (const name of Object.keys(data)) {
      expect(eventFaults(type, { ...data, [name]: 7 }).map(({ path }) => path)).toEqual([name]);
    }
    expect(EVENT_FACTS_IN_WORDS).toContain(`\`${type}\``);
    expect(eventSentence(type, data, 'Ann')).not.toContain('@');
  });

  it('tells apart what is personal', () => {
    const { facts } = EVENT_CATALOGUE.identity_linked;
    const data = { provider: 'acme', email: 'ann@example.com' };
    expect(separateFacts(facts, data)).toEqual({
      plain: { provider: 'acme' },
      personal: { email: data.email },
    });
    expect(separateFacts(facts, { ...data, email: null })).toEqual({
      plain: { provider: 'acme', email: null },
      personal: null,
    });
  });

  it('takes no address for an id, and no bare number for an amount', () => {
    expect(eventFaults('payment_method_added', { paymentMethodId: 'ann@example.com' })).toHaveLength(1);
    expect(eventFaults('bill_approved', { amount: { amount: 12.5, currency: 'EUR' } })).toHaveLength(1);
    expect(eventFaults('bill_approved', {})).toHaveLength(1);
  });

  it('puts the comment into the sentence where there is one', () => {
    const data = { ...sampleOf('cashout_cancelled') };
    expect(eventSentence('cashout_cancelled', data, null)).toBe(
      'A cash-out of 125.50 EUR was cancelled; the amount is available again: wrong account',
    );
    expect(eventSentence('cashout_cancelled', { ...data, comment: null }, null)).toBe(
      'A cash-out of 125.50 EUR was cancelled; the amount is available again.',
    );
  });
});
