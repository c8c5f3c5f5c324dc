export type { Campaign } from './campaign.entity.js';
export { campaignArchived } from './campaigns.errors.js';
export { CampaignsModule } from './campaigns.module.js';
export { type Agreement, Campaigns, type NewCampaign } from './campaigns.service.js';
export type { Promo } from './promo.entity.js';
export { type NewPromo, Promos, type PromoTarget } from './promos.service.js';
export { TrafficSources } from './traffic-sources.service.js';
