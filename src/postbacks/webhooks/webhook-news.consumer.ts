import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventLog, type LoggedEvent, type LoggedEvents, PARTNER_EVENTS } from '../../identity/index.js';
import { Outbox } from '../../platform/index.js';
import { SYNC_BATCH_REFUSED, type SyncBatchRefused } from '../../tracking/index.js';
import { partnerEventData, webhookTypeOf } from './webhook-catalogue.js';
import { FireWebhooks, type WebhookEvent } from './fire-webhooks.service.js';

/** Hears of what partners' event logs tell, and of brands' batches; of players and orders see `ActionsConsumer`. */
@Injectable()
export class WebhookNews implements OnModuleInit {
  constructor(
    private readonly outbox: Outbox,
    private readonly eventLog: EventLog,
    private readonly webhooks: FireWebhooks,
  ) {}

  onModuleInit(): void {
    this.outbox.consume<LoggedEvents>('logged-event-webhooks', PARTNER_EVENTS, async (tx, { payload }) =>
      this.webhooks.fire(tx, (await this.eventLog.read(tx, payload.eventIds)).flatMap(told)),
    );
    this.outbox.consume<SyncBatchRefused>('webhooks-batches', SYNC_BATCH_REFUSED, (tx, event) => {
      const { id, occurredAt, payload } = event;
      const { brandId, ...data } = payload;
      const owner = { kind: 'brand', id: brandId } as const;
      return this.webhooks.fire(tx, [{ id, type: 'sync_batch.refused', owner, occurredAt, data }]);
    });
  }
}

/** What webhooks hear of a partner's event: nothing when it is of none of their types. */
function told({ id, partnerId, type: logged, subjectId, data, occurredAt }: LoggedEvent): WebhookEvent[] {
  const type = webhookTypeOf(logged);
  if (type === undefined) return [];
  const owner = { kind: 'partner', id: partnerId } as const;
  const facts = partnerEventData(logged, subjectId, data);
  return [{ id, type, owner, occurredAt: occurredAt.toISOString(), data: facts }];
}
