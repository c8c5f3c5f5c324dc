import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BillingModule } from '../billing/index.js';
import { CampaignsModule } from '../campaigns/index.js';
import { IdentityModule } from '../identity/index.js';
import { Config } from '../platform/index.js';
import { TrackingModule } from '../tracking/index.js';
import { ActionsConsumer } from './actions.consumer.js';
import { AttemptRecorder } from './delivery/attempt-recorder.js';
import { AttemptSender } from './delivery/attempt-sender.js';
import { DeliveryEngine } from './delivery/delivery-engine.js';
import { DeliveryQueue } from './delivery/delivery-queue.js';
import { DueDeliveries } from './delivery/due-deliveries.js';
import { OutboundClient } from './delivery/outbound-client.js';
import { QueueUpkeep } from './delivery/queue-upkeep.job.js';
import { ReceiverHealth } from './delivery/receiver-health.js';
import { WakeAfterCommit } from './delivery/wake-after-commit.js';
import { WebhookSecrets } from './delivery/webhook-secrets.js';
import { FirePostbacks } from './fire-postbacks.service.js';
import { LogPartitions } from './log-partitions.js';
import { PostbackCheck } from './postback-check.service.js';
import { PostbackLogController } from './postback-log.controller.js';
import { PostbackLog } from './postback-log.service.js';
import { Postback } from './postback.entity.js';
import { PostbacksPersonalData } from './postbacks-personal-data.js';
import { PostbacksController } from './postbacks.controller.js';
import { Postbacks } from './postbacks.service.js';
import { ReceiverNews } from './receiver-news.service.js';
import { ResendFailedJob } from './resend-failed.job.js';
import { ResendFailed } from './resend-failed.service.js';
import {
  BrandWebhookAttemptsController,
  BrandWebhooksController,
} from './webhooks/brand-webhooks.controller.js';
import { FireWebhooks } from './webhooks/fire-webhooks.service.js';
import { OperatorWebhooksController } from './webhooks/operator-webhooks.controller.js';
import {
  PartnerWebhookAttemptsController,
  PartnerWebhooksController,
} from './webhooks/partner-webhooks.controller.js';
import { WebhookAttempts } from './webhooks/webhook-attempts.service.js';
import { WebhookBook } from './webhooks/webhook-book.service.js';
import { WebhookCheck } from './webhooks/webhook-check.service.js';
import { WebhookEndpoint } from './webhooks/webhook-endpoint.entity.js';
import { WebhookFigures } from './webhooks/webhook-figures.service.js';
import { WebhookNews } from './webhooks/webhook-news.consumer.js';
import { WebhookSwitch } from './webhooks/webhook-switch.service.js';
import { Webhooks } from './webhooks/webhooks.service.js';
import { PostbackExplanationsController } from './why/postback-explanations.controller.js';
import { PostbackExplanations } from './why/postback-explanations.service.js';

/** The room of postbacks: what is configured, what is sent, and the log. */
@Module({
  imports: [
    TypeOrmModule.forFeature([Postback, WebhookEndpoint]),
    IdentityModule,
    CampaignsModule,
    TrackingModule,
    BillingModule,
  ],
  controllers: [
    PostbacksController,
    PostbackLogController,
    PostbackExplanationsController,
    PartnerWebhooksController,
    PartnerWebhookAttemptsController,
    BrandWebhooksController,
    BrandWebhookAttemptsController,
    OperatorWebhooksController,
  ],
  providers: [
    Postbacks,
    PostbackCheck,
    PostbackLog,
    ResendFailed,
    ResendFailedJob,
    PostbackExplanations,
    PostbacksPersonalData,
    FirePostbacks,
    ActionsConsumer,
    DeliveryQueue,
    DeliveryEngine,
    DueDeliveries,
    AttemptSender,
    AttemptRecorder,
    ReceiverHealth,
    ReceiverNews,
    WebhookSecrets,
    Webhooks,
    WebhookAttempts,
    WebhookBook,
    WebhookCheck,
    WebhookFigures,
    WebhookNews,
    WebhookSwitch,
    FireWebhooks,
    LogPartitions,
    QueueUpkeep,
    WakeAfterCommit,
    {
      provide: OutboundClient,
      inject: [Config],
      useFactory: ({ outboundAllow }: Config) => new OutboundClient(outboundAllow),
    },
  ],
  exports: [DeliveryEngine],
})
export class PostbacksModule {}
