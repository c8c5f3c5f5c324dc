import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MemberTraces } from '../../identity/index.js';
import { Clock, Outbox, type Tx } from '../../platform/index.js';
import { ORDERS_REPORTED, type OrdersReported } from '../tracking.events.js';
import { ORDER_RULES } from './domain/order-rules.js';
import { tracesSince } from './domain/rules.js';
import { FraudBook } from './fraud-book.js';
import { loadOrders } from './order-facts.js';

/** Looks at orders by the rules (B07), after what was reported of them has been committed: a batch waits for no rule. */
@Injectable()
export class OrderChecks implements OnModuleInit {
  constructor(
    private readonly outbox: Outbox,
    private readonly book: FraudBook,
    private readonly traces: MemberTraces,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.outbox.consume<OrdersReported>(
      'tracking-order-checks',
      ORDERS_REPORTED,
      async (tx, { payload: { orderIds } }) => this.check(tx, orderIds),
    );
  }

  /** Raises what the rules find of the orders; what was raised before stays as it is. */
  async check(tx: Tx, orderIds: readonly string[]): Promise<void> {
    const orders = await loadOrders(tx, orderIds);
    const partnerIds = [...new Set(orders.map(({ partnerId }) => partnerId))];
    const since = tracesSince(this.clock.now());
    const members = Map.groupBy(
      await this.traces.ofPartners(tx, partnerIds, since),
      ({ partnerId }) => partnerId,
    );
    const found = orders.flatMap(({ id: orderId, brandId, partnerId, campaignId, promoId, ...facts }) => {
      const order = { ...facts, members: members.get(partnerId) ?? [] };
      const subject = { brandId, partnerId, campaignId, promoId, orderId, playerId: null };
      return ORDER_RULES.flatMap((rule) =>
        rule.find(order).map((finding) => ({ rule, ...finding, ...subject, occurredAt: facts.orderedAt })),
      );
    });
    await this.book.raise(tx, found);
  }
}
