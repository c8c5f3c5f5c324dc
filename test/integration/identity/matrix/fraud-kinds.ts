import { playerKind } from './billing-kinds.js';
import type { Kind } from './objects.js';
import { insert } from './scene.js';

const AT = '2026-11-01T00:00:00Z';

/** An open signal about a player of its own. */
export function fraudSignalKind(campaign: Kind, promo: Kind): Kind {
  return {
    make: async (scene, tenant) =>
      insert(scene.app, 'fraud_signals', {
        rule: 'bot',
        weight: 40,
        brand_id: scene.brandId,
        partner_id: tenant.partnerId,
        campaign_id: await campaign.make(scene, tenant, []),
        promo_id: await promo.make(scene, tenant, []),
        player_id: await playerKind(campaign, promo).make(scene, tenant, []),
        fingerprint: 'visit',
        evidence: {},
        occurred_at: AT,
        raised_at: AT,
        state: 'open',
      }),
  };
}
