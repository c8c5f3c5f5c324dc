import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { type FileCell, IsCountry, IsId, MayBeAbsent, PageQuery } from '../../platform/index.js';
import type { TakenCode } from './partner-promo-codes.service.js';

/** Which promo code a partner wants. */
export class TakePromoCodeDto {
  /**
   * From one of the brand's open pools; either this or `poolId`.
   * @example "01900000-0000-7000-8000-000000000101"
   */
  @MayBeAbsent()
  @IsId()
  brandId?: string;

  /**
   * From this pool.
   * @example "01900000-0000-7000-8000-000000001101"
   */
  @MayBeAbsent()
  @IsId()
  poolId?: string;

  /**
   * The promo of an active campaign that players and orders with the code count for, and so the plan that pays them; may
   * be left out where there is only one for the brand. It is never changed.
   * @example "01900000-0000-7000-8000-000000000801"
   */
  @IsOptional()
  @IsId()
  promoId?: string;
}

/** Filters of the partner's promo codes. */
export class PromoCodesQuery extends PageQuery {
  /** `current`: of open pools; `history`: of closed ones. */
  @MayBeAbsent()
  @IsIn(['current', 'history'])
  tab: 'current' | 'history' = 'current';

  /**
   * Part of the brand's name.
   * @example "fox"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(200)
  brand?: string;

  /**
   * The brand's category.
   * @example "casino"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(60)
  category?: string;

  /**
   * The brand's country, ISO 3166-1 alpha-2.
   * @example "MT"
   */
  @MayBeAbsent()
  @IsCountry()
  country?: string;

  /**
   * How the offer pays that gave the code.
   * @example "cpa"
   */
  @MayBeAbsent()
  @IsIn(['cpa', 'cpp_promo_code'])
  pricingModel?: 'cpa' | 'cpp_promo_code';

  /** `xlsx` gives all of them as a file; `limit` and `cursor` do not count then. */
  @MayBeAbsent()
  @IsIn(['json', 'xlsx'])
  format: 'json' | 'xlsx' = 'json';
}

/** Filters of the pools that a partner may take a code from. */
export class OfferedPoolsQuery extends PageQuery {
  @MayBeAbsent()
  @IsId()
  brandId?: string;
}

/** The brand of a promo code. */
export class PromoCodeBrand {
  /** @example "01900000-0000-7000-8000-000000000101" */
  id: string;
  /** @example "Lucky Fox" */
  name: string;
  category: string | null;
  country: string | null;
}

/** A promo code of the partner. */
export class PromoCodeResponse {
  /** @example "01900000-0000-7000-8000-000000001201" */
  id: string;
  /** @example "FOX-7KQ2M9XB" */
  code: string;
  /** @example "01900000-0000-7000-8000-000000001101" */
  poolId: string;
  /**
   * Name of the pool.
   * @example "Autumn 10 %"
   */
  pool: string;
  terms: string | null;
  /** False once the brand has closed the pool: then it is history, but orders with it still count. */
  current: boolean;
  /** How the offer pays that gave it; null where it was taken for a campaign of one's own. */
  pricingModel: 'cpa' | 'cpp_promo_code' | null;
  brand: PromoCodeBrand;
  campaignId: string;
  /** The promo that it counts for. */
  promoId: string;
  /** @example "2026-10-01T10:00:00.000Z" */
  takenAt: string;
  /** How many orders came with it. */
  orders: number;
}

/** A page of promo codes. */
export class PromoCodePage {
  items: PromoCodeResponse[];
  nextCursor: string | null;
}

/** A pool that a code may be taken from. */
export class OfferedPoolResponse {
  /** @example "01900000-0000-7000-8000-000000001101" */
  id: string;
  brandId: string;
  /** @example "Autumn 10 %" */
  name: string;
  terms: string | null;
  /** Whether there are codes left. */
  available: boolean;
  /** The code that the partner has taken of it; null when none. */
  code: string | null;
}

/** A page of pools. */
export class OfferedPoolPage {
  items: OfferedPoolResponse[];
  nextCursor: string | null;
}

/** The code as the API answers it to its partner. */
export function toPromoCodeResponse({ takenAt, ...code }: TakenCode): PromoCodeResponse {
  return { ...code, takenAt: takenAt.toISOString() };
}

export const PROMO_CODE_HEADER = [
  'Promo code',
  'Brand',
  'Category',
  'Country',
  'Pool',
  'Terms',
  'Taken',
  'Orders',
  'Pricing model',
];

/** The code as a line of the XLSX export. */
export function toPromoCodeCells(taken: TakenCode): FileCell[] {
  const { code, pricingModel, pool, terms, takenAt, orders } = taken;
  const { name, category, country } = taken.brand;
  return [code, name, category, country, pool, terms, takenAt, { decimal: String(orders) }, pricingModel];
}
