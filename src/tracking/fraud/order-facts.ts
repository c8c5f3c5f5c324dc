import type { Tx } from '../../platform/index.js';
import type { OrderFacts } from './domain/fraud-rule.js';
import { TOUCH_COLUMNS, type TouchFacts, type TouchRow, withTouch } from './touch-facts.js';

/** An order with what its own rows tell; who its partner's people are is asked of other rooms. */
export interface CheckedOrder extends Omit<OrderFacts, 'members'> {
  readonly id: string;
  readonly brandId: string;
  readonly partnerId: string;
  readonly campaignId: string;
  readonly promoId: string;
}

type OrderRow = Omit<CheckedOrder, keyof TouchFacts> & TouchRow;

/** The orders, with the visit or promo code that brought them. */
export async function loadOrders(tx: Tx, orderIds: readonly string[]): Promise<CheckedOrder[]> {
  const rows = await tx.query<OrderRow[]>(
    `SELECT o.id, o.brand_id AS "brandId", o.partner_id AS "partnerId", o.campaign_id AS "campaignId",
            o.promo_id AS "promoId", o.ordered_at AS "orderedAt", o.country, ${TOUCH_COLUMNS}
       FROM orders o LEFT JOIN visits v ON v.id = o.visit_id AND v.partner_id = o.partner_id
       LEFT JOIN promo_codes c ON c.id = o.promo_code_id
      WHERE o.id = ANY($1) ORDER BY o.id`,
    [orderIds],
  );
  return rows.map(withTouch);
}
