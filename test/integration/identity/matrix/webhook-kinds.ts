import { AT, row } from './kinds.js';

const ENDPOINT = {
  url: 'https://hooks.example/',
  secret_sealed: 'none',
  state: 'active',
  created_at: AT,
  updated_at: AT,
};

export const webhook = row('webhook_endpoints', (_, { partnerId }) => ({
  ...ENDPOINT,
  partner_id: partnerId,
}));
export const brandWebhook = row('webhook_endpoints', (_, { brandId }) => ({
  ...ENDPOINT,
  brand_id: brandId,
}));
