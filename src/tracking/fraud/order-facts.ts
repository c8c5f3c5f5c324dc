import type { Tx } from '../../platform/index.js';
import type { OrderFacts } from './domain/fraud-rule.js';
import { placeOf } from './domain/place.js';

/** An order with what its own rows tell; who its partner's people are is asked of other rooms. */
export interface CheckedOrder extends Omit<OrderFacts, 'members'> {
  readonly id: string;
  readonly brandId: string;
  readonly partnerId: string;
  readonly campaignId: string;
  readonly promoId: string;
}

interface OrderRow extends Omit<CheckedOrder, 'visit'> {
  visitId: string;
  visitedAt: Date;
  address: string | null;
  userAgent: string | null;
  visitCountry: string | null;
  bot: boolean;
  datacenter: boolean;
}

/** Those of the orders that a visit brought; what came by a promo code tells the rules nothing. */
export async function loadOrders(tx: Tx, orderIds: readonly string[]): Promise<CheckedOrder[]> {
  const rows = await tx.query<OrderRow[]>(
    `SELECT o.id, o.brand_id AS "brandId", o.partner_id AS "partnerId", o.campaign_id AS "campaignId",
            o.promo_id AS "promoId", o.ordered_at AS "orderedAt", o.country, v.id AS "visitId",
            v.visited_at AS "visitedAt", host(v.ip) AS address, v.user_agent AS "userAgent",
            v.country AS "visitCountry", v.bot, v.datacenter
       FROM orders o JOIN visits v ON v.id = o.visit_id AND v.partner_id = o.partner_id
      WHERE o.id = ANY($1) ORDER BY o.id`,
    [orderIds],
  );
  return rows.map(toOrder);
}

function toOrder({
  visitId,
  visitedAt,
  address,
  userAgent,
  visitCountry,
  bot,
  datacenter,
  ...order
}: OrderRow): CheckedOrder {
  const place = placeOf(address);
  const visit =
    address && place
      ? { ...{ id: visitId, visitedAt, address, place, userAgent, bot, datacenter }, country: visitCountry }
      : null;
  return { ...order, visit };
}
