import { randomUUID } from 'node:crypto';
import type { Kind } from './objects.js';
import { insert, next } from './scene.js';

const AT = '2026-11-01T00:00:00Z';

/** A player of the tenant's partner. */
export function playerKind(campaign: Kind, promo: Kind): Kind {
  return {
    make: async (scene, tenant) =>
      insert(scene.app, 'players', {
        brand_id: scene.brandId,
        external_id: `p-${next()}`,
        visit_id: randomUUID(),
        promo_id: await promo.make(scene, tenant, []),
        campaign_id: await campaign.make(scene, tenant, []),
        partner_id: tenant.partnerId,
        profile: {},
        signed_up_at: AT,
        query: {},
        created_at: AT,
      }),
  };
}

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
