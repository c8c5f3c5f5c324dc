import { randomUUID } from 'node:crypto';
import { AT, type Kind, row } from './kinds.js';
import { insert, makeVisit, next } from './scene.js';

export const campaign = row('campaigns', ({ brandId, planId }, { partnerId }) => ({
  partner_id: partnerId,
  brand_id: brandId,
  commission_plan_id: planId,
  name: 'Autumn',
  state: 'active',
  created_at: AT,
}));

export const promo: Kind = {
  make: async (scene, tenant) =>
    insert(scene.app, 'promos', {
      campaign_id: await campaign.make(scene, tenant, []),
      partner_id: tenant.partnerId,
      brand_id: scene.brandId,
      code: `M${String(next()).padStart(9, '0')}`,
      title: 'Top list',
      landing_id: scene.landingId,
      created_at: AT,
    }),
};

export const postback = row('postbacks', (_, { partnerId }) => ({
  partner_id: partnerId,
  scope: 'account',
  action: 'registration',
  url: 'https://tracker.example/?c=1',
  method: 'GET',
  headers: [],
  state: 'active',
  failures: 0,
  created_at: AT,
  updated_at: AT,
}));

export const postbackLog: Kind = {
  make: async (scene, tenant) =>
    insert(scene.app, 'postback_log', {
      owner_id: tenant.partnerId,
      postback_id: await postback.make(scene, tenant, []),
      delivery_id: randomUUID(),
      event_id: randomUUID(),
      kind: 'event',
      action: 'registration',
      attempt: 1,
      method: 'GET',
      url: 'https://tracker.example/?c=1',
      response_code: 200,
      duration_ms: 1,
      sent_at: scene.app.clock.now(),
    }),
};

const POOL = { name: 'Autumn', state: 'open', created_at: AT };
export const poolOfBrand = row('promo_code_pools', (_, { brandId }) => ({ ...POOL, brand_id: brandId }));
export const pool: Kind = {
  make: ({ app }, _tenant, [brandId]) => insert(app, 'promo_code_pools', { ...POOL, brand_id: brandId }),
  shared: true,
};

export const order: Kind = {
  make: async (scene, tenant) =>
    insert(scene.app, 'orders', {
      brand_id: tenant.brandId,
      external_id: `o-${next()}`,
      partner_id: tenant.partnerId,
      campaign_id: await campaign.make(scene, tenant, []),
      promo_id: await promo.make(scene, tenant, []),
      visit_id: randomUUID(),
      amount_minor: 8_000,
      currency: 'EUR',
      ordered_at: AT,
      query: {},
      status: 'pending',
      created_at: AT,
    }),
};

export const visit: Kind = {
  make: async (scene, tenant) => makeVisit(scene, tenant, await promo.make(scene, tenant, [])),
};
export const player: Kind = {
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
