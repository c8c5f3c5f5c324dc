import { actionId } from '../batch-log.js';
import type { OrderStatus } from '../domain/order-status.js';
import type { OrderAction } from '../tracking.events.js';

/** What an action tells of an order. */
export interface ActedOrder {
  readonly id: string;
  readonly externalId: string;
  readonly partnerId: string;
  readonly campaignId: string;
  readonly promoId: string;
  readonly visitId: string | null;
  readonly promoCode: string | null;
  /** Minor units, digits. */
  readonly amountMinor: string;
  readonly currency: string;
  readonly country: string | null;
  /** The query that the visit carried. */
  readonly query: Readonly<Record<string, string>>;
}

/** That the order was made. */
export function createdAction(order: ActedOrder, orderedAt: Date): OrderAction {
  return action('order_created', order, orderedAt);
}

/** That the order was decided at that time; none while it is pending. */
export function decidedActions(order: ActedOrder, status: OrderStatus, decidedAt: Date): OrderAction[] {
  return status === 'pending' ? [] : [action(`order_${status}`, order, decidedAt)];
}

function action(name: OrderAction['action'], order: ActedOrder, occurredAt: Date): OrderAction {
  const { id, externalId, partnerId, campaignId, promoId, visitId, promoCode, amountMinor, currency } = order;
  return {
    eventId: actionId(name, id),
    action: name,
    partnerId,
    campaignId,
    promoId,
    playerId: null,
    orderExternalId: externalId,
    visitId,
    promoCode,
    occurredAt: occurredAt.toISOString(),
    amountMinor,
    currency,
    country: order.country,
    query: order.query,
  };
}
