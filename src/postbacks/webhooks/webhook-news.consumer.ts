import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type LoggedEvent, type LoggedEvents, PARTNER_EVENT, PARTNER_EVENTS } from '../../identity/index.js';
import { Outbox } from '../../platform/index.js';
import { SYNC_BATCH_REFUSED, type SyncBatchRefused } from '../../tracking/index.js';
import { partnerEventData, webhookTypeOf } from './webhook-catalogue.js';
import { FireWebhooks, type WebhookEvent } from './fire-webhooks.service.js';

/** Hears of what partners' event logs tell, and of brands' batches; of players and orders see `ActionsConsumer`. */
@Injectable()
export class WebhookNews implements OnModuleInit {
  constructor(
    private readonly outbox: Outbox,
    private readonly webhooks: FireWebhooks,
  ) {}

  onModuleInit(): void {
    this.outbox.consume<LoggedEvent>('webhooks-event', PARTNER_EVENT, (tx, { id, occurredAt, payload }) =>
      this.webhooks.fire(tx, told([{ ...payload, id }], occurredAt)),
    );
    this.outbox.consume<LoggedEvents>('webhooks-event-lists', PARTNER_EVENTS, (tx, { occurredAt, payload }) =>
      this.webhooks.fire(tx, told(payload.events, occurredAt)),
    );
    this.outbox.consume<SyncBatchRefused>('webhooks-batches', SYNC_BATCH_REFUSED, (tx, event) => {
      const { id, occurredAt, payload } = event;
      const { brandId, ...data } = payload;
      const owner = { kind: 'brand', id: brandId } as const;
      return this.webhooks.fire(tx, [{ id, type: 'sync_batch.refused', owner, occurredAt, data }]);
    });
  }
}

function told(events: LoggedEvents['events'], occurredAt: string): WebhookEvent[] {
  return events.flatMap(({ id, partnerId, type: logged, subjectId, data }) => {
    const type = webhookTypeOf(logged);
    if (type === undefined) return [];
    const owner = { kind: 'partner', id: partnerId } as const;
    return { id, type, owner, occurredAt, data: partnerEventData(logged, subjectId, data) };
  });
}
