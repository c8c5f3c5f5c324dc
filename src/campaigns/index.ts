export { campaignArchived } from './campaigns.errors.js';
export { CampaignsModule } from './campaigns.module.js';
export { Campaigns, type NewCampaign } from './campaigns.service.js';
export { type NewPromo, Promos, type PromoTarget } from './promos.service.js';
export { TrafficSources } from './traffic-sources.service.js';
