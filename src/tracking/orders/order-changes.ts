import type { FactChange } from '../batch-log.js';
import type { OrderStatus } from '../domain/order-status.js';

/** An order as billing sees it. */
interface BilledOrder {
  readonly campaignId: string;
  readonly partnerId: string;
  readonly status: OrderStatus;
  readonly orderedAt: Date;
}

/**
 * What changed for billing between two states of an order: only approved ones are paid for, in the period in which
 * they were ordered. A correction of that time changes two periods.
 */
export function changesOf(before: BilledOrder | null, after: BilledOrder): FactChange[] {
  return [before, after].flatMap((order) =>
    order?.status === 'approved'
      ? [{ campaignId: order.campaignId, partnerId: order.partnerId, occurredAt: order.orderedAt }]
      : [],
  );
}
