export { csvItems } from './backfill/csv-items.js';
export { FileRecorder, type RecordedBatch } from './backfill/file-recorder.service.js';
export { BannerHandler } from './banner.handler.js';
export type { ChangedFactsView, ChangedPartner } from './changed-facts.js';
export { ActivityOfPartners, type WantedPartners } from './activity-sums.service.js';
export type { CampaignScope } from './campaign-scope.js';
export { CountedFacts } from './counted-facts.service.js';
export { type ImportedPlayerOutcome, ImportedPlayers } from './imported-players.service.js';
export { LineEvents, type PlayerEvent } from './line-events.service.js';
export { LineFacts, type PartnerPeriod, type PromoPeriod } from './line-facts.service.js';
export { type ExplainedPlayer, PlayerFacts } from './player-facts.service.js';
export { FactsService, type PlayerToQualify, type QualifyingEvents } from './facts.service.js';
export { FraudReview, type SignalUnderReview } from './fraud/fraud-review.service.js';
export { FRAUD_SIGNALS_CHANGED, type FraudSignalsChanged } from './fraud/fraud.events.js';
export { PartnerPromoCodes, type TakenCode } from './promo-codes/partner-promo-codes.service.js';
export { PromoCodePools } from './promo-codes/promo-code-pools.service.js';
export { RedirectHandler } from './redirect.handler.js';
export { FILE_KINDS, type FileKind } from './domain/csv-columns.js';
export { addSyncBodies } from './sync-bodies.js';
export {
  FACTS_RECORDED,
  type FactsRecorded,
  type OrderAction,
  type PlayerAction,
  SYNC_BATCH_REFUSED,
  type SyncBatchRefused,
} from './tracking.events.js';
export { TrackingModule } from './tracking.module.js';
export type { EventTrail, TrailKind, TrailOf } from './trails/event-trail.js';
export { EventTrails } from './trails/event-trails.service.js';
