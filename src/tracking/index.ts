export { BannerHandler } from './banner.handler.js';
export { FactsService, type PlayerToQualify } from './facts.service.js';
export { RedirectHandler } from './redirect.handler.js';
export { addSyncBodies } from './sync-bodies.js';
export {
  FACTS_RECORDED,
  type FactsRecorded,
  type OrderAction,
  type PlayerAction,
} from './tracking.events.js';
export { TrackingModule } from './tracking.module.js';
