import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import {
  type FileCell,
  IsCountry,
  IsId,
  MayBeAbsent,
  MoneyDto,
  TimeRangeQuery,
  toTimeRange,
} from '../../platform/index.js';
import { ORDER_STATUSES, type OrderStatus } from '../domain/order-status.js';
import type { Order, OrderFilter } from './orders.service.js';

const SORTS = ['orderedAt', '-orderedAt'] as const;

/** Filters of every list of orders; `from` and `to` limit when they were made. */
export class OrdersQuery extends TimeRangeQuery {
  @MayBeAbsent()
  @IsIn(ORDER_STATUSES)
  status?: OrderStatus;

  /**
   * ISO 3166-1 alpha-2.
   * @example "DE"
   */
  @MayBeAbsent()
  @IsCountry()
  country?: string;

  /**
   * The brand's own id of the order.
   * @example "o-1"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(200)
  orderId?: string;

  /**
   * In any case.
   * @example "FOX10"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(200)
  promoCode?: string;

  /** Oldest or latest first. */
  @MayBeAbsent()
  @IsIn(SORTS)
  sort: (typeof SORTS)[number] = '-orderedAt';

  /** `xlsx` gives all of them as a file; `limit` and `cursor` do not count then. */
  @MayBeAbsent()
  @IsIn(['json', 'xlsx'])
  format: 'json' | 'xlsx' = 'json';
}

/** Filters of a partner's orders. */
export class PartnerOrdersQuery extends OrdersQuery {
  /**
   * Part of the brand's name.
   * @example "fox"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(200)
  brand?: string;

  @MayBeAbsent()
  @IsId()
  brandId?: string;
}

/** Filters of all orders. */
export class OperatorOrdersQuery extends PartnerOrdersQuery {
  @MayBeAbsent()
  @IsId()
  partnerId?: string;
}

/** Why an order is declined. */
export class DeclineOrderDto {
  /**
   * Shown to the partner.
   * @example "Sent back by the buyer"
   */
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  reason?: string | null;
}

/** Something with a name. */
export class NamedThing {
  /** @example "01900000-0000-7000-8000-000000000101" */
  id: string;
  /** @example "Lucky Fox" */
  name: string;
}

/** An order. */
export class OrderResponse {
  /** @example "01900000-0000-7000-8000-000000001301" */
  id: string;
  /**
   * The brand's own id of it.
   * @example "o-1"
   */
  orderId: string;
  brand: NamedThing;
  partnerId: string;
  campaign: NamedThing;
  promoId: string;
  /**
   * The code that brought it; null when a visit did.
   * @example "FOX10"
   */
  promoCode: string | null;
  /** The visit that brought it; null when a promo code did. */
  visitId: string | null;
  /** @example "pending" */
  status: 'pending' | 'approved' | 'declined';
  amount: MoneyDto;
  /** @example "DE" */
  country: string | null;
  /** @example "2026-10-10T10:12:00.000Z" */
  orderedAt: string;
  decidedAt: string | null;
  declineReason: string | null;
}

/** A page of orders. */
export class OrderPage {
  items: OrderResponse[];
  nextCursor: string | null;
}

/** The query as the list takes it. */
export function toOrderFilter({ from, to, ...query }: OperatorOrdersQuery): OrderFilter & { limit: number } {
  return { ...query, ...toTimeRange({ from, to }) };
}

/** The order as the API answers it. */
export function toOrderResponse({ amount, orderedAt, decidedAt, ...order }: Order): OrderResponse {
  return {
    ...order,
    amount: amount.toJSON(),
    orderedAt: orderedAt.toISOString(),
    decidedAt: decidedAt?.toISOString() ?? null,
  };
}

export const ORDER_HEADER = [
  'Order ID',
  'Ordered',
  'Brand',
  'Campaign',
  'Promo code',
  'Country',
  'Amount',
  'Currency',
  'Status',
  'Decided',
  'Reason',
];

/** The order as a line of the XLSX export. */
export function toOrderCells(order: Order): FileCell[] {
  return [
    order.orderId,
    order.orderedAt,
    order.brand.name,
    order.campaign.name,
    order.promoCode,
    order.country,
    { decimal: order.amount.toString() },
    order.amount.currency,
    order.status,
    order.decidedAt,
    order.declineReason,
  ];
}
