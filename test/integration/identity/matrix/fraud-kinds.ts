import { AT, type Kind } from './kinds.js';
import { insert } from './scene.js';
import { campaign, player, promo } from './tracking-kinds.js';

/** An open signal about a player of its own. */
export const fraudSignal: Kind = {
  make: async (scene, tenant) =>
    insert(scene.app, 'fraud_signals', {
      rule: 'bot',
      weight: 40,
      brand_id: scene.brandId,
      partner_id: tenant.partnerId,
      campaign_id: await campaign.make(scene, tenant, []),
      promo_id: await promo.make(scene, tenant, []),
      player_id: await player.make(scene, tenant, []),
      fingerprint: 'visit',
      evidence: {},
      occurred_at: AT,
      raised_at: AT,
      state: 'open',
    }),
};
