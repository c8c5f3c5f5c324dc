import type { Tx } from '../../platform/index.js';
import type { OrderStatus } from '../domain/order-status.js';
import type { ActedOrder } from './order-actions.js';

/** An order that is there, with what decisions and corrections look at. */
export interface KnownOrder extends ActedOrder {
  readonly brandId: string;
  readonly status: OrderStatus;
  readonly orderedAt: Date;
}

const COLUMNS = `
  o.id, o.brand_id AS "brandId", o.external_id AS "externalId", o.partner_id AS "partnerId",
  o.campaign_id AS "campaignId", o.promo_id AS "promoId", o.visit_id AS "visitId", c.code AS "promoCode",
  o.amount_minor AS "amountMinor", o.currency, o.country, o.query, o.status, o.ordered_at AS "orderedAt"`;

/** Orders of the brand by its own ids of them, locked in the order of ours. */
export async function lockOrders(
  tx: Tx,
  brandId: string,
  externalIds: readonly string[],
): Promise<KnownOrder[]> {
  if (externalIds.length === 0) return [];
  return tx.query<KnownOrder[]>(
    `SELECT ${COLUMNS} FROM orders o LEFT JOIN promo_codes c ON c.id = o.promo_code_id
      WHERE o.brand_id = $1 AND o.external_id = ANY($2) ORDER BY o.id FOR NO KEY UPDATE OF o`,
    [brandId, externalIds],
  );
}

/** The order of the brand, locked; null when the brand has none with this id. */
export async function findAndLockOrder(tx: Tx, brandId: string, orderId: string): Promise<KnownOrder | null> {
  const [order] = await tx.query<KnownOrder[]>(
    `SELECT ${COLUMNS} FROM orders o LEFT JOIN promo_codes c ON c.id = o.promo_code_id
      WHERE o.brand_id = $1 AND o.id = $2 FOR NO KEY UPDATE OF o`,
    [brandId, orderId],
  );
  return order ?? null;
}
