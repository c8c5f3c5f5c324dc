import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator'; // prettier-ignore
import {
  FromDigits,
  IsDay,
  IsId,
  IsTimeZone,
  LIST_FORMATS,
  type ListFormat,
  MayBeAbsent,
  MoneyDto,
} from '../../platform/index.js';
import { LEVELS } from '../../referrals/index.js';
import { ConversionDto } from '../display-currency.dto.js';

export const PERIOD_GROUPERS = ['day', 'week', 'month', 'year'] as const;
/** What rows of the report can be apart by. */
export const SUB_AFFILIATE_GROUPERS = [...PERIOD_GROUPERS, 'level', 'campaign', 'promo'] as const;
export type SubAffiliateGrouper = (typeof SUB_AFFILIATE_GROUPERS)[number];

/** What to report of sub-affiliates. */
export class SubAffiliateReportQuery {
  /**
   * First day: of sign-ups in the time zone, of commission by the last day of the bill's period.
   * @example "2026-10-01"
   */
  @MayBeAbsent()
  @IsDay()
  from?: string;

  /**
   * Last day, which is included.
   * @example "2026-10-31"
   */
  @MayBeAbsent()
  @IsDay()
  to?: string;

  /** IANA zone of the days on which partners signed up; the program's by default. */
  @MayBeAbsent()
  @IsTimeZone()
  timeZone?: string;

  /** Given several times or with commas; at most one period. Without one there are totals only, which are a file's only row then. */
  @ApiProperty({ enum: SUB_AFFILIATE_GROUPERS, isArray: true, required: false, example: ['month', 'level'] })
  @MayBeAbsent()
  @Transform(({ value }: { value: unknown }) =>
    [value].flat().flatMap((part) => (typeof part === 'string' ? part.split(',') : part)),
  )
  @IsArray()
  @ArrayMaxSize(SUB_AFFILIATE_GROUPERS.length)
  @ArrayUnique()
  @IsIn(SUB_AFFILIATE_GROUPERS, { each: true })
  groupBy: SubAffiliateGrouper[] = [];

  /** @example 1 */
  @IsOptional()
  @FromDigits()
  @IsInt()
  @Min(1)
  @Max(LEVELS)
  level?: number;

  @IsOptional()
  @IsId()
  campaignId?: string;

  @IsOptional()
  @IsId()
  promoId?: string;

  /**
   * Currency that converted amounts are in; the one chosen for reports by default, else euros.
   * @example "EUR"
   */
  @MayBeAbsent()
  @IsString()
  @Length(3, 5)
  currency?: string;

  /** From 1. */
  @IsOptional()
  @FromDigits()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  page: number = 1;

  /** Rows on a page. */
  @IsOptional()
  @FromDigits()
  @IsInt()
  @Min(1)
  @Max(1000)
  limit: number = 100;

  /** `csv` and `xlsx` give all rows as a file. */
  @MayBeAbsent()
  @IsIn(LIST_FORMATS)
  format: ListFormat = 'json';
}

/** Figures of sub-affiliates, of all or of a group. */
export class SubAffiliateFiguresDto {
  /** Partners who signed up through the partner or somebody below. */
  registrationsCount: number;
  /** What the partner was billed for those below, per currency; cancelled bills are left out. */
  commission: MoneyDto[];
  /** The same together in one currency, at today's rates; null where a rate is missing. */
  commissionConverted: MoneyDto | null;
}

/** A group of the report; what it is not grouped by is null. */
export class SubAffiliateRowDto extends SubAffiliateFiguresDto {
  /**
   * First day of the period.
   * @example "2026-10-01"
   */
  period: string | null;
  /** @example 1 */
  level: number | null;
  campaignId: string | null;
  campaignName: string | null;
  promoId: string | null;
  promoCode: string | null;
}

export class SubAffiliateReportDto {
  /** Groups without figures are absent. */
  rows: SubAffiliateRowDto[];
  totals: SubAffiliateFiguresDto;
  page: number;
  /** Rows over all pages. */
  totalCount: number;
  conversion: ConversionDto;
}
