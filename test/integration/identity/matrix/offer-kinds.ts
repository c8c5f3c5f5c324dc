import { AT, type Kind, row } from './kinds.js';

const OFFER = {
  title: 'Show our shoes',
  description: 'A reel',
  state: 'open',
  pricing_model: 'cpp',
  currency: 'EUR',
  publication_reward_minor: 5_000,
  requires_moderation: false,
  content_review_required: false,
  content_days: 7,
  publication_days: 14,
  auto_confirm: true,
  countries: [],
  platforms: [],
  created_at: AT,
  opened_at: AT,
};

/** An open offer of the tenant's brand. */
export const offer = row('offers', (_, { brandId }) => ({ ...OFFER, brand_id: brandId }));

/** An open offer, which every partner sees. */
export const openOffer: Kind = {
  ...row('offers', ({ brandId }) => ({ ...OFFER, brand_id: brandId })),
  shared: true,
};
