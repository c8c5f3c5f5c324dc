import { AT, type Kind } from './kinds.js';
import { insert } from './scene.js';

const TERMS = { version: 1, text: 'Posts stay online for 30 days.', created_at: AT };

/** A draft of the tenant's brand. */
export const publicCampaign: Kind = {
  make: async ({ app }, { brandId }) => {
    const id = await insert(app, 'public_campaigns', {
      brand_id: brandId,
      state: 'draft',
      title: 'Autumn',
      description: 'Rain outside',
      platforms: ['instagram'],
      time_zone: 'UTC',
      starts_at: AT,
      ends_at: '2027-01-01T00:00:00Z',
      posting_from: AT,
      posting_until: '2027-01-01T00:00:00Z',
      currency: 'EUR',
      budget_minor: 100_000,
      consumed_minor: 0,
      unit_prices: [{ unit: 'post', price: '500000000', maxUnits: null }],
      required_tags: [],
      countries: [],
      verified_only: false,
      terms_version: 1,
      created_at: AT,
    });
    await app.db.query(
      'INSERT INTO public_campaign_terms (campaign_id, version, text, created_at) VALUES ($1, $2, $3, $4)',
      [id, TERMS.version, TERMS.text, TERMS.created_at],
    );
    return id;
  },
};
