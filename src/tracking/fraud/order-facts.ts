import type { Tx } from '../../platform/index.js';
import type { CodeFacts, OrderFacts } from './domain/fraud-rule.js';
import { placeOf } from './domain/place.js';

/** An order with what its own rows tell; who its partner's people are is asked of other rooms. */
export interface CheckedOrder extends Omit<OrderFacts, 'members'> {
  readonly id: string;
  readonly brandId: string;
  readonly partnerId: string;
  readonly campaignId: string;
  readonly promoId: string;
}

interface OrderRow extends Omit<CheckedOrder, 'visit' | 'code'> {
  codeId: string | null;
  takenAt: Date | null;
  visitId: string | null;
  visitedAt: Date | null;
  address: string | null;
  userAgent: string | null;
  visitCountry: string | null;
  bot: boolean;
  datacenter: boolean;
}

/** The orders, with the visit or promo code that brought them. */
export async function loadOrders(tx: Tx, orderIds: readonly string[]): Promise<CheckedOrder[]> {
  const rows = await tx.query<OrderRow[]>(
    `SELECT o.id, o.brand_id AS "brandId", o.partner_id AS "partnerId", o.campaign_id AS "campaignId",
            o.promo_id AS "promoId", o.ordered_at AS "orderedAt", o.country, v.id AS "visitId",
            v.visited_at AS "visitedAt", host(v.ip) AS address, v.user_agent AS "userAgent",
            v.country AS "visitCountry", v.bot, v.datacenter, c.id AS "codeId", c.taken_at AS "takenAt"
       FROM orders o LEFT JOIN visits v ON v.id = o.visit_id AND v.partner_id = o.partner_id
       LEFT JOIN promo_codes c ON c.id = o.promo_code_id
      WHERE o.id = ANY($1) ORDER BY o.id`,
    [orderIds],
  );
  return rows.map(toOrder);
}

function toOrder({
  codeId,
  takenAt,
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
    visitId && visitedAt && address && place
      ? { ...{ id: visitId, visitedAt, address, place, userAgent, bot, datacenter }, country: visitCountry }
      : null;
  return { ...order, visit, code: codeOf(codeId, takenAt) };
}

/** The promo code, where one brought the order or player. */
export function codeOf(id: string | null, takenAt: Date | null): CodeFacts | null {
  return id !== null && takenAt !== null ? { id, takenAt } : null;
}
