import { Injectable } from '@nestjs/common';
import { Clock, Ids, Money, type Tx } from '../../platform/index.js';
import { DeliveryQueue, type NewWebhookDelivery } from '../delivery/delivery-queue.js';
import { type BrandEventType, WEBHOOK_EVENTS, webhookBody } from './webhook-catalogue.js';
import type { ReportedAction, ReportedActions } from '../reported-action.js';
import { assertTypes, webhookDisabled } from './webhooks.errors.js';
import type { WebhookEndpoint } from './webhook-endpoint.entity.js';
import { ownerOf, type WebhookOwner } from './webhook-owner.js';

/** Something that webhooks of its owner hear of. */
export interface WebhookEvent {
  /** Stable: the same event told twice has the same id. */
  readonly id: string;
  readonly type: string;
  readonly owner: WebhookOwner;
  /** RFC 3339. */
  readonly occurredAt: string;
  readonly data: object;
}

type Listener = Pick<WebhookEndpoint, 'id' | 'partnerId' | 'brandId' | 'url' | 'eventTypes' | 'state'>;

const ACTION_TYPES: Readonly<Partial<Record<ReportedAction['action'], BrandEventType>>> = {
  registration: 'player.attributed',
  qualification: 'player.qualified',
  order_created: 'order.created',
  order_approved: 'order.approved',
  order_declined: 'order.declined',
};

/** Turns events into deliveries to webhooks. */
@Injectable()
export class FireWebhooks {
  constructor(
    private readonly queue: DeliveryQueue,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /**
   * Queues one delivery per event and webhook of its owner that listens to its type. What happens while a webhook is
   * disabled is kept as cancelled, so that a replay can send it.
   */
  async fire(tx: Tx, events: readonly WebhookEvent[]): Promise<void> {
    if (events.length === 0) return;
    const byOwner = Map.groupBy(await findListeners(tx, events), (listener) => ownerOf(listener).id);
    const listening = (event: WebhookEvent): Listener[] =>
      (byOwner.get(event.owner.id) ?? []).filter(
        ({ eventTypes }) => eventTypes === null || eventTypes.includes(event.type),
      );
    const pairs = events.flatMap((event) => listening(event).map((listener) => ({ event, listener })));
    await this.queue.add(
      tx,
      pairs.map(({ event, listener }) => deliveryOf(listener, event, 'event')),
    );
    const disabled = pairs.filter(({ listener: { state } }) => state === 'disabled');
    for (const id of new Set(disabled.map(({ listener }) => listener.id))) {
      await this.queue.cancel(tx, { kind: 'webhook', id });
    }
  }

  /** Tells a brand of what its players and orders did, as far as webhooks hear of it. */
  async fireActions(tx: Tx, { brandId, actions }: ReportedActions): Promise<void> {
    const owner = { kind: 'brand', id: brandId } as const;
    const events = actions.flatMap((action): WebhookEvent[] => {
      const type = ACTION_TYPES[action.action];
      if (type === undefined) return [];
      return [{ id: action.eventId, type, owner, occurredAt: action.occurredAt, data: dataOf(action) }];
    });
    await this.fire(tx, events);
  }

  /**
   * Queues a delivery with a type's example, marked as a test and tried once.
   * @param wanted a type of the catalogue; the first one that the webhook hears of when it is absent
   * @throws DomainError WEBHOOK_DISABLED, VALIDATION_FAILED (422) for an unknown type
   */
  async test(
    tx: Tx,
    endpoint: WebhookEndpoint,
    wanted?: string,
  ): Promise<{ id: string; eventId: string; type: string }> {
    if (endpoint.state === 'disabled') throw webhookDisabled();
    const owner = ownerOf(endpoint);
    const type = wanted ?? endpoint.eventTypes?.[0] ?? Object.keys(WEBHOOK_EVENTS[owner.kind])[0]!;
    assertTypes(owner.kind, 'type', [type]);
    const { example } = WEBHOOK_EVENTS[owner.kind][type]!;
    const occurredAt = this.clock.now().toISOString();
    const event = { id: this.ids.next(), type, owner, occurredAt, data: example };
    const [id] = await this.queue.add(tx, [deliveryOf(endpoint, event, 'test')]);
    return { id: id!, eventId: event.id, type };
  }
}

async function findListeners(tx: Tx, events: readonly WebhookEvent[]): Promise<Listener[]> {
  const idsOf = (kind: WebhookOwner['kind']): string[] => [
    ...new Set(events.filter(({ owner }) => owner.kind === kind).map(({ owner }) => owner.id)),
  ];
  return tx.query<Listener[]>(
    `SELECT id, partner_id AS "partnerId", brand_id AS "brandId", url, event_types AS "eventTypes", state
       FROM webhook_endpoints WHERE partner_id = ANY ($1) OR brand_id = ANY ($2) ORDER BY id`,
    [idsOf('partner'), idsOf('brand')],
  );
}

function deliveryOf(
  { id, url }: Pick<Listener, 'id' | 'url'>,
  event: WebhookEvent,
  kind: 'event' | 'test',
): NewWebhookDelivery {
  return {
    webhookId: id,
    ownerId: event.owner.id,
    eventId: event.id,
    kind,
    action: event.type,
    url,
    body: webhookBody(event.type, event.occurredAt, event.data),
  };
}

/** What a brand is told of a player or an order, in the words of its own sync. */
function dataOf(action: ReportedAction): object {
  const { visitId: tag, country, amountMinor, currency } = action;
  const amount =
    amountMinor === null || currency === null ? null : Money.of(BigInt(amountMinor), currency).toJSON();
  if ('orderExternalId' in action) {
    return { orderId: action.orderExternalId, amount, promoCode: action.promoCode, tag, country };
  }
  const player = { userId: action.playerExternalId, tag, country };
  return amount === null ? player : { ...player, amount };
}
