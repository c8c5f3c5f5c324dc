export { REDIRECT_TARGETS_CHANGED, type RedirectTargetsChanged } from './brands.events.js';
export { BrandsModule } from './brands.module.js';
export { Brands, type NewBrand } from './brands.service.js';
export type { Landing } from './landing.entity.js';
export { Landings, type LandingTarget, type NewLanding } from './landings.service.js';
export { Media, type NewMedium } from './media.service.js';
export { type SyncCredentials, SyncKeys } from './sync-keys.service.js';
