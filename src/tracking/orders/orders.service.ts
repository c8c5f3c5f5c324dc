import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { Brands } from '../../brands/index.js';
import { Campaigns } from '../../campaigns/index.js';
import { Conditions, Money, type Page, timeAndIdOfCursor, toPage } from '../../platform/index.js';
import type { OrderStatus } from '../domain/order-status.js';

type Db = EntityManager | DataSource;

/** An order as its partner, its brand and operators see it. */
export interface Order {
  id: string;
  /** The brand's own id of it. */
  orderId: string;
  brand: { id: string; name: string };
  partnerId: string;
  campaign: { id: string; name: string };
  promoId: string;
  promoCode: string | null;
  visitId: string | null;
  status: OrderStatus;
  amount: Money;
  country: string | null;
  orderedAt: Date;
  decidedAt: Date | null;
  declineReason: string | null;
}

/** Whose orders, and which of them. */
export interface OrderFilter {
  partnerId?: string;
  brandId?: string;
  /** Part of the brand's name. */
  brand?: string;
  status?: OrderStatus;
  country?: string;
  orderId?: string;
  promoCode?: string;
  from?: Date;
  before?: Date;
  sort: 'orderedAt' | '-orderedAt';
}

interface Row extends Omit<Order, 'brand' | 'campaign' | 'amount'> {
  brandId: string;
  campaignId: string;
  amountMinor: string;
  currency: string;
}

/** The lists of orders (T07). */
@Injectable()
export class Orders {
  constructor(
    private readonly brands: Brands,
    private readonly campaigns: Campaigns,
  ) {}

  /** A page of orders by the time they were made, in either direction. */
  async list(
    db: Db,
    { limit, cursor, ...filter }: OrderFilter & { limit: number; cursor?: string },
  ): Promise<Page<Order>> {
    const brandIds = await this.brands.idsOf(db, { name: filter.brand });
    const descending = filter.sort === '-orderedAt';
    const [after, afterId] = timeAndIdOfCursor(cursor);
    const conditions = new Conditions();
    conditions.add('o.partner_id = ?', filter.partnerId);
    conditions.add('o.brand_id = ?', filter.brandId);
    conditions.add('o.brand_id = ANY(?)', brandIds);
    conditions.add('o.status = ?', filter.status);
    conditions.add('o.country = ?', filter.country);
    conditions.add('o.external_id = ?', filter.orderId);
    conditions.add('upper(c.code) = upper(?)', filter.promoCode);
    conditions.add('o.ordered_at >= ?', filter.from);
    conditions.add('o.ordered_at < ?', filter.before);
    conditions.add(`(o.ordered_at, o.id) ${descending ? '<' : '>'} (?, ?)`, after, afterId);
    const direction = descending ? 'DESC' : 'ASC';
    const rows = await db.query<Row[]>(
      `${SELECT_ORDERS} WHERE ${conditions.sql} ORDER BY o.ordered_at ${direction}, o.id ${direction} LIMIT ${limit + 1}`,
      conditions.parameters,
    );
    const page = toPage(rows, limit, ({ orderedAt, id }) => [orderedAt.toISOString(), id]);
    return { ...page, items: await this.withNames(db, page.items) };
  }

  /** The order; null when there is none. */
  async find(db: Db, id: string): Promise<Order | null> {
    const [order] = await this.withNames(db, await db.query<Row[]>(`${SELECT_ORDERS} WHERE o.id = $1`, [id]));
    return order ?? null;
  }

  private async withNames(db: Db, rows: readonly Row[]): Promise<Order[]> {
    const unique = (ids: string[]): string[] => [...new Set(ids)];
    const brands = await this.brands.names(db, unique(rows.map(({ brandId }) => brandId)));
    const campaigns = await this.campaigns.namesOf(db, unique(rows.map(({ campaignId }) => campaignId)));
    return rows.map(({ brandId, campaignId, amountMinor, currency, ...row }) => ({
      ...row,
      brand: { id: brandId, name: brands.get(brandId)! },
      campaign: { id: campaignId, name: campaigns.get(campaignId)! },
      amount: Money.of(BigInt(amountMinor), currency),
    }));
  }
}

const SELECT_ORDERS = `
  SELECT o.id, o.external_id AS "orderId", o.brand_id AS "brandId", o.partner_id AS "partnerId",
         o.campaign_id AS "campaignId", o.promo_id AS "promoId", c.code AS "promoCode", o.visit_id AS "visitId",
         o.status, o.amount_minor AS "amountMinor", o.currency, o.country, o.ordered_at AS "orderedAt",
         o.decided_at AS "decidedAt", o.decline_reason AS "declineReason"
    FROM orders o LEFT JOIN promo_codes c ON c.id = o.promo_code_id`;
