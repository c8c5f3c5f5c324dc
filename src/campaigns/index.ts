export { CampaignsModule } from './campaigns.module.js';
export { Campaigns } from './campaigns.service.js';
export { Promos, type PromoTarget } from './promos.service.js';
