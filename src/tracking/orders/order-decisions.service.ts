import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog } from '../../identity/index.js';
import { Clock, notFound, Outbox, type Tx } from '../../platform/index.js';
import { FACTS_RECORDED, type FactsRecorded } from '../tracking.events.js';
import { orderAlreadyDecided } from '../tracking.errors.js';
import { markChanges } from '../batch-log.js';
import { decidedActions } from './order-actions.js';
import { changesOf } from './order-changes.js';
import { findAndLockOrder } from './order-rows.js';
import { type Order, Orders } from './orders.service.js';

/** What a brand decides on an order. */
export interface OrderDecision {
  status: 'approved' | 'declined';
  reason?: string | null;
}

/** Brands decide on their orders by hand (T07); by sync they do it with the order's report. */
@Injectable()
export class OrderDecisions {
  constructor(
    private readonly orders: Orders,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Approves or declines a pending order of the brand, for good.
   * @throws DomainError NOT_FOUND, also for another brand's; ORDER_ALREADY_DECIDED
   */
  async decide(
    tx: Tx,
    actor: Actor & { brandId: string },
    orderId: string,
    { status, reason }: OrderDecision,
  ): Promise<Order> {
    const order = await findAndLockOrder(tx, actor.brandId, orderId);
    if (!order) throw notFound('order');
    if (order.status !== 'pending') throw orderAlreadyDecided(order.status);
    const now = this.clock.now();
    await tx.query(
      `UPDATE orders SET status = $2, decided_at = $3, decline_reason = $4 WHERE id = $1 AND status = 'pending'`,
      [order.id, status, now, reason ?? null],
    );
    await this.audit.record(tx, actor, {
      action: `order.${status === 'approved' ? 'approve' : 'decline'}`,
      subject: { type: 'order', id: order.id },
      partnerId: order.partnerId,
      before: { status: order.status },
      after: { status, reason: reason ?? null },
    });
    await markChanges(tx, changesOf(order, { ...order, status }));
    const event: FactsRecorded = { brandId: order.brandId, actions: decidedActions(order, status, now) };
    await this.outbox.publish(tx, FACTS_RECORDED, event);
    return (await this.orders.find(tx, order.id))!;
  }
}
