export { REDIRECT_TARGETS_CHANGED, type RedirectTargetsChanged } from './brands.events.js';
export { BrandsModule } from './brands.module.js';
export { Brands } from './brands.service.js';
export { deepLink } from './domain/deep-link.js';
export type { Landing } from './landing.entity.js';
export { Landings, type LandingTarget } from './landings.service.js';
export { addressOf, type Medium, uploadedPathOf } from './media.entity.js';
export { Media } from './media.service.js';
export { type SyncCredentials, SyncKeys } from './sync-keys.service.js';
