import { AT, type Kind, row } from './kinds.js';
import { insert, makeExchangeRate, next } from './scene.js';

export const bill = row('bills', ({ brandId, planId, billRunId }, { partnerId }) => {
  const start = new Date(Date.parse('2020-01-01T00:00:00Z') + next() * 3_600_000);
  return {
    partner_id: partnerId,
    plan_id: planId,
    plan_version: 1,
    brand_id: brandId,
    currency: 'EUR',
    period_start: start,
    period_end: new Date(start.getTime() + 3_600_000),
    time_zone: 'UTC',
    first_day: '2020-01-01',
    last_day: '2020-01-01',
    state: 'pending',
    issued_minor: 0,
    payable_minor: 0,
    run_id: billRunId,
    created_at: AT,
  };
});

/** A line of the bill, about the bill as a whole. */
export const billLineKind: Kind = {
  make: (scene, { partnerId }, [billId]) =>
    insert(scene.app, 'bill_lines', {
      bill_id: billId,
      partner_id: partnerId,
      plan_id: scene.planId,
      position: next(),
      kind: 'carry_in',
      period_start: AT,
      line_key: `carry_in-${next()}`,
      quantity: 0,
      amount_minor: -100,
      explanation: { formula: 'carry_in', carried: '-1.00', currency: 'EUR' },
    }),
};

export const exchangeRate: Kind = {
  make: ({ app }, { userId }) => makeExchangeRate(app, userId),
  shared: true,
};
