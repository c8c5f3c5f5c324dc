import { describe, expect, it } from 'vitest';
import { BUILT_IN_VARIABLES, sampleValues, type TemplateSource, valuesOf } from './variables.js';

const SOURCE: TemplateSource = {
  action: 'deposit',
  eventId: 'e',
  amount: '12.50',
  currency: 'EUR',
  occurredAt: new Date('2026-11-02T09:00:00Z'),
  campaignId: 'c',
  promoId: 'p',
  brandId: 'b',
  visitId: 'v',
  playerId: 'x',
  orderId: null,
  promoCode: null,
  country: null,
  query: { clickid: '7', amount: '9999', event_id: 'forged' },
};

describe('A09 variables', () => {
  it('are filled for every event, each built-in one', () => {
    const values = valuesOf(SOURCE);
    expect(BUILT_IN_VARIABLES.filter(({ name }) => !values.has(name))).toEqual([]);
    expect(values.get('date')).toBe('2026-11-02T09:00:00.000Z');
    expect(values.get('country')).toBe('');
    expect(values.get('clickid')).toBe('7');
    expect(values.has('webID')).toBe(false);
  });

  it('cannot be overridden by a link', () => {
    const values = valuesOf(SOURCE);
    expect([values.get('amount'), values.get('event_id')]).toEqual(['12.50', 'e']);
  });

  it('visit_id and track_id come from the link where it carries them, as trackers expect', () => {
    expect(valuesOf(SOURCE).get('visit_id')).toBe('v');
    const values = valuesOf({ ...SOURCE, query: { visit_id: '#reqid#' } });
    expect([values.get('visit_id'), values.get('track_id')]).toEqual(['#reqid#', 'v']);
  });

  it('T07 tell of an order its number and promo code', () => {
    const values = valuesOf({ ...SOURCE, playerId: null, orderId: 'o-1', promoCode: 'FOX10' });
    expect(['player_id', 'order_id', 'promo_code'].map((name) => values.get(name))).toEqual([
      '',
      'o-1',
      'FOX10',
    ]);
  });

  it('have an example each', () => {
    expect([...sampleValues('deposit', 'e').values()].every((example) => example !== '')).toBe(true);
  });
});
