import { AT, row } from './kinds.js';
import { next } from './scene.js';

export const brandSuggestion = row('brand_suggestions', (_scene, { partnerId }) => ({
  partner_id: partnerId,
  name: 'Silver Fox',
  website: 'https://silver-fox.example',
  name_key: `fox-${next()}`,
  website_key: `fox-${next()}`,
  state: 'pending',
  suggested_at: AT,
}));

export const deal = row('brand_deals', (_scene, { brandId }) => ({
  brand_id: brandId,
  title: 'Black week',
  link: 'https://fox.example/',
  kind: 'discount',
  size_bps: 1500,
  starts_at: AT,
  created_at: AT,
}));
