import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { IsCountry, IsHttpUrl, IsKnownCurrency, IsLabel, MayBeAbsent, PageQuery } from '../platform/index.js';
import type { Brand, BrandState } from './brand.entity.js';
import { IsHostPattern } from './host-pattern.validator.js';

const BRAND_STATES: readonly BrandState[] = ['active', 'archived'];
const STARS = [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5];

/** A new brand. */
export class CreateBrandDto {
  /** @example "Lucky Fox" */
  @IsLabel(120)
  name: string;

  /**
   * Short name for addresses; made from the name when absent.
   * @example "lucky-fox"
   */
  @IsOptional()
  @Matches(/^[a-z0-9]+(-[a-z0-9]+)*$/, {
    message: 'slug must be lower-case letters, digits and single hyphens',
  })
  @MaxLength(60)
  slug?: string;

  /**
   * The brand's base currency, for good: its plans, bills and synced amounts are in it.
   * @example "EUR"
   */
  @IsKnownCurrency()
  currency: string;

  /** @example "casino" */
  @IsOptional()
  @IsLabel(60)
  category?: string | null;

  /**
   * ISO 3166-1 alpha-2.
   * @example "MT"
   */
  @IsOptional()
  @IsCountry()
  country?: string | null;

  /** @example "https://lucky-fox.example" */
  @IsOptional()
  @IsHttpUrl()
  website?: string | null;

  /**
   * Query parameter in which landings receive the visit id; `tag` unless given.
   * @example "tag"
   */
  @IsOptional()
  @Matches(/^[A-Za-z0-9_.-]{1,40}$/, { message: 'tagParameter must be 1 to 40 letters, digits, _ . or -' })
  tagParameter?: string;

  /**
   * Hosts that a tracking link's parameter `url` may lead to: a host, or `*.` and a domain for every host below it.
   * @example ["shop.lucky-fox.example", "*.fox-games.example"]
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(50)
  @IsHostPattern()
  allowedHosts?: string[];

  /**
   * Stars that the program gives the brand, in halves; partners can sort by them, and dashboards show the best five.
   * @example 4.5
   */
  @IsOptional()
  @IsIn(STARS, { message: 'rating must be a number from 0 to 5 in steps of 0.5' })
  rating?: number | null;
}

/** What may be changed of a brand; absent fields stay. */
export class UpdateBrandDto {
  /** @example "Lucky Fox" */
  @MayBeAbsent()
  @IsLabel(120)
  name?: string;

  /**
   * Archived brands are not offered to partners; their campaigns keep tracking.
   * @example "active"
   */
  @MayBeAbsent()
  @IsIn(BRAND_STATES)
  state?: BrandState;

  /** @example "casino" */
  @IsOptional()
  @IsLabel(60)
  category?: string | null;

  /** @example "MT" */
  @IsOptional()
  @IsCountry()
  country?: string | null;

  /** @example "https://lucky-fox.example" */
  @IsOptional()
  @IsHttpUrl()
  website?: string | null;

  /** @example "tag" */
  @MayBeAbsent()
  @Matches(/^[A-Za-z0-9_.-]{1,40}$/, { message: 'tagParameter must be 1 to 40 letters, digits, _ . or -' })
  tagParameter?: string;

  /**
   * Hosts that a tracking link's parameter `url` may lead to: a host, or `*.` and a domain for every host below it.
   * @example ["shop.lucky-fox.example", "*.fox-games.example"]
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(50)
  @IsHostPattern()
  allowedHosts?: string[];

  /**
   * Stars that the program gives the brand, in halves; partners can sort by them, and dashboards show the best five.
   * @example 4.5
   */
  @IsOptional()
  @IsIn(STARS, { message: 'rating must be a number from 0 to 5 in steps of 0.5' })
  rating?: number | null;
}

/** Filters of the operator's brand list. */
export class BrandsQuery extends PageQuery {
  /**
   * Part of the name, in any case.
   * @example "fox"
   */
  @IsOptional()
  @IsString()
  @MaxLength(120)
  name?: string;

  /** @example "active" */
  @IsOptional()
  @IsIn(BRAND_STATES)
  state?: BrandState;
}

/** A brand as partners see it. */
export class BrandResponse {
  /** @example "01900000-0000-7000-8000-000000000101" */
  id: string;
  /** @example "Lucky Fox" */
  name: string;
  /** @example "lucky-fox" */
  slug: string;
  /** @example "active" */
  state: 'active' | 'archived';
  /** @example "EUR" */
  currency: string;
  /** @example "casino" */
  category: string | null;
  /** @example "MT" */
  country: string | null;
  /** @example "https://lucky-fox.example" */
  website: string | null;
  /** @example "tag" */
  tagParameter: string;
  /** @example ["shop.lucky-fox.example"] */
  allowedHosts: string[];
  /**
   * Stars from 0 to 5 in halves; null while the program has not rated it.
   * @example 4.5
   */
  rating: number | null;
  /** @example "2026-10-01T10:00:00.000Z" */
  createdAt: string;
}

/** A page of brands. */
export class BrandPage {
  items: BrandResponse[];
  /** Give it as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}

/** The brand as the API answers it. */
export function toBrandResponse(brand: Brand): BrandResponse {
  return { ...brand, createdAt: brand.createdAt.toISOString() };
}
