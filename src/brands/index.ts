export type { Brand } from './brand.entity.js';
export { REDIRECT_TARGETS_CHANGED, type RedirectTargetsChanged } from './brands.events.js';
export { BrandsModule } from './brands.module.js';
export { Brands, type NewBrand } from './brands.service.js';
export type { Audience, Landing } from './landing.entity.js';
export { Landings, type LandingTarget, type NewLanding } from './landings.service.js';
export type { Medium } from './media.entity.js';
export { Media, type NewMedium } from './media.service.js';
export { type SyncCredentials, SyncKeys } from './sync-keys.service.js';
