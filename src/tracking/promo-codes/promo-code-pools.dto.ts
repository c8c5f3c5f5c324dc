import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsLabel, MayBeAbsent } from '../../platform/index.js';
import type { PoolCode, PromoCodePool } from './promo-code-pools.service.js';

const MAX_CODES = 10_000;

/** How many random codes to make. */
export class GenerateCodesDto {
  /** @example 100 */
  @IsInt()
  @Min(1)
  @Max(MAX_CODES)
  count: number;

  /**
   * What each code begins with.
   * @example "FOX-"
   */
  @MayBeAbsent()
  @Matches(/^[0-9A-Za-z_-]{0,20}$/, { message: 'prefix must be at most 20 letters, digits, _ or -' })
  prefix?: string;
}

/** New codes: a list, random ones, or both. */
export class AddCodesDto {
  /**
   * 3 to 40 letters, digits, `_` or `-` each; unique at the brand, in whatever case. All are added, or none.
   * @example ["FOX10", "FOX11"]
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_CODES)
  @IsString({ each: true })
  codes?: string[];

  @MayBeAbsent()
  @ValidateNested()
  @Type(() => GenerateCodesDto)
  generate?: GenerateCodesDto;
}

/** A new pool. */
export class OpenPoolDto extends AddCodesDto {
  /** @example "Autumn 10 %" */
  @IsLabel(120)
  name: string;

  /**
   * What buyers and partners get, in the brand's words.
   * @example "10 % off the first order; 8 EUR for the partner."
   */
  @IsOptional()
  @IsString()
  @MaxLength(4_000)
  terms?: string | null;
}

/** A pool of promo codes, for its brand. */
export class PromoCodePoolResponse {
  /** @example "01900000-0000-7000-8000-000000001101" */
  id: string;
  /** @example "01900000-0000-7000-8000-000000000101" */
  brandId: string;
  /** @example "Autumn 10 %" */
  name: string;
  terms: string | null;
  /** A closed one gives out no more codes; those that are taken go on bringing orders. */
  state: 'open' | 'closed';
  /** How the offer pays that gives its codes out; null while partners take them for campaigns of their own. */
  pricingModel: 'cpa' | 'cpp_promo_code' | null;
  /** How many codes it has. */
  codes: number;
  /** How many of them partners have taken. */
  taken: number;
  /** @example "2026-10-01T10:00:00.000Z" */
  createdAt: string;
  closedAt: string | null;
}

/** A page of pools. */
export class PromoCodePoolPage {
  items: PromoCodePoolResponse[];
  nextCursor: string | null;
}

/** A code of a pool, for its brand. */
export class PoolCodeResponse {
  id: string;
  /** @example "FOX10" */
  code: string;
  /** Null while nobody has taken it. */
  partnerId: string | null;
  campaignId: string | null;
  takenAt: string | null;
}

/** A page of codes. */
export class PoolCodePage {
  items: PoolCodeResponse[];
  nextCursor: string | null;
}

/** The pool as the API answers it. */
export function toPoolResponse({ createdAt, closedAt, ...pool }: PromoCodePool): PromoCodePoolResponse {
  return { ...pool, createdAt: createdAt.toISOString(), closedAt: closedAt?.toISOString() ?? null };
}

/** The code as the API answers it to its brand. */
export function toPoolCodeResponse({ takenAt, ...code }: PoolCode): PoolCodeResponse {
  return { ...code, takenAt: takenAt?.toISOString() ?? null };
}
