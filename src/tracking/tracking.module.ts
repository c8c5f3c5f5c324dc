import { Module } from '@nestjs/common';
import { BrandsModule } from '../brands/index.js';
import { CampaignsModule } from '../campaigns/index.js';
import { IdentityModule } from '../identity/index.js';
import { PartnerManagementModule } from '../partner-management/index.js';
import { ReferralsModule } from '../referrals/index.js';
import { WalletModule } from '../wallet/index.js';
import { ActivityBook } from './activity-book.js';
import { AddressBook } from './address-book.js';
import { Attribution } from './attribution.service.js';
import { Backfills } from './backfill/backfills.service.js';
import { FileRecorder } from './backfill/file-recorder.service.js';
import { BatchRetention } from './batches/batch-retention.job.js';
import { BannerHandler } from './banner.handler.js';
import { BrandSyncBatchesController } from './batches/brand-sync-batches.controller.js';
import { OperatorSyncBatchesController } from './batches/operator-sync-batches.controller.js';
import { SyncBatches } from './batches/sync-batches.service.js';
import { BatchLog } from './batch-log.js';
import { ActivityOfPartners } from './activity-sums.service.js';
import { CountedFacts } from './counted-facts.service.js';
import { DepositBook } from './deposit-book.js';
import { FactsService } from './facts.service.js';
import { ClickFloods } from './fraud/click-floods.job.js';
import { FraudBook } from './fraud/fraud-book.js';
import { FraudDecisions } from './fraud/fraud-decisions.service.js';
import { FraudReview } from './fraud/fraud-review.service.js';
import { FraudSignals } from './fraud/fraud-signals.service.js';
import { FraudController } from './fraud/fraud.controller.js';
import { DeviceChecks } from './fraud/device-checks.consumer.js';
import { NameChecks } from './fraud/name-checks.consumer.js';
import { OrderChecks } from './fraud/order-checks.consumer.js';
import { PlayerChecks } from './fraud/player-checks.consumer.js';
import { ImpressionCounter } from './impression-counter.js';
import { OrderDecisions } from './orders/order-decisions.service.js';
import { OrdersController } from './orders/orders.controller.js';
import { Orders } from './orders/orders.service.js';
import { SyncOrders } from './orders/sync-orders.service.js';
import { InvitedSignUpsConsumer } from './invited-sign-ups.consumer.js';
import { LineEvents } from './line-events.service.js';
import { LineFacts } from './line-facts.service.js';
import { Partitions } from './partitions.service.js';
import { BrandPromoCodesController } from './promo-codes/brand-promo-codes.controller.js';
import { OperatorPromoCodesController } from './promo-codes/operator-promo-codes.controller.js';
import { PartnerPromoCodesController } from './promo-codes/partner-promo-codes.controller.js';
import { PartnerPromoCodes } from './promo-codes/partner-promo-codes.service.js';
import { PromoCodePools } from './promo-codes/promo-code-pools.service.js';
import { PlayerFacts } from './player-facts.service.js';
import { PromoListener } from './promo.listener.js';
import { PromoTargets } from './promo-targets.js';
import { RedirectHandler } from './redirect.handler.js';
import { SyncActivity } from './sync-activity.service.js';
import { SyncAuthentication } from './sync-authentication.js';
import { SyncController } from './sync.controller.js';
import { ImportedPlayers } from './imported-players.service.js';
import { SyncPlayers } from './sync-players.service.js';
import { TrackingPersonalData } from './tracking-personal-data.js';
import { EventTrails } from './trails/event-trails.service.js';
import { DuplicateVisitsJob } from './visits/duplicate-visits.job.js';
import { DuplicateVisits } from './visits/duplicate-visits.service.js';
import { OperatorVisitsController } from './visits/operator-visits.controller.js';
import { PartnerVisitsController } from './visits/partner-visits.controller.js';
import { VisitLog } from './visits/visit-log.service.js';
import { VisitWriter } from './visit-writer.js';
import { Visitors } from './visitors.js';

/** Clicks and what brands report of the players that they brought. */
@Module({
  imports: [
    IdentityModule,
    WalletModule,
    PartnerManagementModule,
    BrandsModule,
    CampaignsModule,
    ReferralsModule,
  ],
  controllers: [
    BrandSyncBatchesController,
    OperatorSyncBatchesController,
    BrandPromoCodesController,
    FraudController,
    OperatorPromoCodesController,
    OrdersController,
    PartnerPromoCodesController,
    PartnerVisitsController,
    OperatorVisitsController,
    SyncController,
  ],
  providers: [
    BannerHandler,
    ActivityOfPartners,
    CountedFacts,
    FactsService,
    ImpressionCounter,
    ClickFloods,
    FraudBook,
    FraudDecisions,
    FraudReview,
    FraudSignals,
    DeviceChecks,
    NameChecks,
    OrderChecks,
    PlayerChecks,
    InvitedSignUpsConsumer,
    LineEvents,
    LineFacts,
    Partitions,
    PlayerFacts,
    PromoListener,
    PromoTargets,
    RedirectHandler,
    VisitWriter,
    Visitors,
    AddressBook,
    SyncAuthentication,
    SyncPlayers,
    ImportedPlayers,
    SyncActivity,
    SyncOrders,
    Orders,
    OrderDecisions,
    PromoCodePools,
    PartnerPromoCodes,
    Attribution,
    ActivityBook,
    DepositBook,
    BatchLog,
    Backfills,
    FileRecorder,
    BatchRetention,
    SyncBatches,
    TrackingPersonalData,
    DuplicateVisits,
    DuplicateVisitsJob,
    VisitLog,
    EventTrails,
  ],
  exports: [
    ActivityOfPartners,
    BannerHandler,
    CountedFacts,
    EventTrails,
    ImportedPlayers,
    FactsService,
    FileRecorder,
    FraudReview,
    LineEvents,
    LineFacts,
    PartnerPromoCodes,
    PlayerFacts,
    PromoCodePools,
    RedirectHandler,
  ],
})
export class TrackingModule {}
