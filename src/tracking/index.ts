export { FactsService, type FactsScope, type PlayerToQualify } from './facts.service.js';
export { Partitions } from './partitions.service.js';
export { RedirectHandler } from './redirect.handler.js';
export { type ActivityInterval, SyncActivity } from './sync-activity.service.js';
export { SyncPlayers } from './sync-players.service.js';
export { FACTS_RECORDED, type FactsRecorded, type PlayerAction } from './tracking.events.js';
export { TrackingModule } from './tracking.module.js';
