export { PublicCampaignsModule } from './public-campaigns.module.js';
