export { CampaignsModule } from './campaigns.module.js';
export { Campaigns } from './campaigns.service.js';
export { isLinkCode } from './domain/link-code.js';
export { type ImpressionCount, PromoImpressions } from './promo-impressions.service.js';
export { Promos } from './promos.service.js';
export { type PromoTarget, TrackingLinks } from './tracking-links.service.js';
