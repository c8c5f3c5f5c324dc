import { connectedAccount } from './account-kinds.js';
import { AT, type Kind } from './kinds.js';
import { insert, next, type Scene } from './scene.js';

const ENDS_AT = '2027-01-01T00:00:00Z';

async function makeCampaign({ app }: Scene, brandId: string, state: 'draft' | 'published'): Promise<string> {
  const id = await insert(app, 'public_campaigns', {
    brand_id: brandId,
    state,
    title: 'Autumn',
    description: 'Rain outside',
    platforms: ['tiktok'],
    time_zone: 'UTC',
    starts_at: AT,
    ends_at: ENDS_AT,
    posting_from: AT,
    posting_until: ENDS_AT,
    currency: 'EUR',
    budget_minor: 100_000,
    consumed_minor: 0,
    unit_prices: [{ unit: 'post', price: '500000000', maxUnits: null }],
    required_tags: [],
    countries: [],
    verified_only: false,
    terms_version: 1,
    created_at: AT,
    published_at: state === 'published' ? AT : null,
  });
  await app.db.query(
    'INSERT INTO public_campaign_terms (campaign_id, version, text, created_at) VALUES ($1, 1, $2, $3)',
    [id, 'Posts stay online for 30 days.', AT],
  );
  return id;
}

/** A draft of the tenant's brand. */
export const publicCampaign: Kind = {
  make: (scene, { brandId }) => makeCampaign(scene, brandId, 'draft'),
};

/** A campaign that everybody may join. */
export const job: Kind = { make: (scene) => makeCampaign(scene, scene.brandId, 'published'), shared: true };

async function makeParticipation(
  scene: Scene,
  tenant: Parameters<Kind['make']>[1],
): Promise<{ id: string; campaignId: string }> {
  const campaignId = await makeCampaign(scene, tenant.brandId, 'published');
  const id = await insert(scene.app, 'participations', {
    campaign_id: campaignId,
    partner_id: tenant.partnerId,
    connected_account_id: await connectedAccount.make(scene, tenant, []),
    platform: 'tiktok',
    platform_user_id: `open-id-${next()}`,
    handle: 'ann',
    terms_version: 1,
    joined_by: tenant.userId,
    joined_at: AT,
  });
  return { id, campaignId };
}

export const participation: Kind = {
  make: async (scene, tenant) => (await makeParticipation(scene, tenant)).id,
};

/** A post that waits to be looked at. */
export const campaignPost: Kind = {
  make: async (scene, tenant) => {
    const { id, campaignId } = await makeParticipation(scene, tenant);
    return insert(scene.app, 'campaign_posts', {
      participation_id: id,
      campaign_id: campaignId,
      partner_id: tenant.partnerId,
      url: `https://www.tiktok.com/@/video/${7_000_000 + next()}`,
      state: 'joined',
      submitted_at: AT,
      reward_minor: 0,
      accrued_minor: 0,
    });
  },
};
