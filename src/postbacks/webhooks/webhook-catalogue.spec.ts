import { describe, expect, it } from 'vitest';
import { EVENT_CATALOGUE, type EventType } from '../../identity/index.js';
import { partnerEventData, WEBHOOK_EVENTS, webhookBody, webhookTypeOf } from './webhook-catalogue.js';

const EVENTS = Object.keys(EVENT_CATALOGUE) as EventType[];

describe('B05 the catalogue of events', () => {
  it('describes every type, with an example of every fact', () => {
    for (const types of Object.values(WEBHOOK_EVENTS)) {
      for (const [type, { description, example }] of Object.entries(types)) {
        expect(type).toMatch(/^[a-z_]+\.[a-z_]+$/);
        expect(description).toMatch(/^[A-Z].*\.$|: /);
        expect(description).not.toMatch(/null|undefined/);
        expect(Object.values(example)).not.toContain(undefined);
      }
    }
  });

  it('leaves out whatever tells who a person is', () => {
    const personal = EVENTS.filter((event) =>
      Object.values<string>(EVENT_CATALOGUE[event].facts).includes('personal'),
    );
    expect(personal).toContain('document_approved');
    for (const event of personal.filter((event) => webhookTypeOf(event))) {
      const facts = EVENT_CATALOGUE[event].facts as Record<string, string>;
      const told = partnerEventData(event, 'id', { ...facts });
      const names = Object.keys(facts).filter((name) => facts[name] === 'personal');
      expect(Object.keys(told).filter((name) => names.includes(name))).toEqual([]);
    }
    // Sign-in and people are nobody's business but their own.
    expect(
      EVENTS.filter((event) => /two_factor|password|email|identity|member/.test(event)).map(webhookTypeOf),
    ).toEqual(expect.not.arrayContaining([expect.any(String)]));
  });

  it('names what an event happened to, with the facts of the event log', () => {
    const amount = { amount: '12.50', currency: 'EUR' };
    expect(partnerEventData('bill_approved', 'b-1', { amount })).toEqual({ billId: 'b-1', amount });
    expect(partnerEventData('balance_corrected', 'p-1', { amount, comment: 'Gift' })).toEqual({
      partnerId: 'p-1',
      amount,
      comment: 'Gift',
    });
    expect(JSON.parse(webhookBody('bill.approved', '2026-11-02T09:00:00.000Z', { billId: 'b-1' }))).toEqual({
      type: 'bill.approved',
      timestamp: '2026-11-02T09:00:00.000Z',
      data: { billId: 'b-1' },
    });
  });
});
