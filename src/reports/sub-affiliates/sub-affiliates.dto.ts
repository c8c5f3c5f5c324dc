import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import {
  FromDigits,
  IsId,
  IsLabel,
  LIST_FORMATS,
  type ListFormat,
  MayBeAbsent,
  MoneyDto,
  TimeRangeQuery,
} from '../../platform/index.js';
import { LEVELS } from '../../referrals/index.js';
import { ConversionDto } from '../display-currency.dto.js';
import { SUB_AFFILIATE_SORTS, type SubAffiliateSort } from './sub-affiliate-sorts.js';

/** Filters of a list of sub-affiliates; `from` and `to` limit when they registered. */
export class SubAffiliatesQuery extends TimeRangeQuery {
  /**
   * 1 for those who came through the partner's own links, 2 for those whom these brought, and so on.
   * @example 1
   */
  @IsOptional()
  @FromDigits()
  @IsInt()
  @Min(1)
  @Max(LEVELS)
  level?: number;

  /**
   * A campaign of the partner: only who came through it, with everybody whom they brought.
   * @example "01900000-0000-7000-8000-000000000701"
   */
  @IsOptional()
  @IsId()
  campaignId?: string;

  /**
   * A promo of the partner: only who came through it, with everybody whom they brought.
   * @example "01900000-0000-7000-8000-000000000801"
   */
  @IsOptional()
  @IsId()
  promoId?: string;

  /**
   * Only those with this text in their name, in any case.
   * @example "reviews"
   */
  @MayBeAbsent()
  @IsLabel(200)
  name?: string;

  /**
   * Currency that `commissionConverted` is in; the one chosen for reports by default, else euros.
   * @example "EUR"
   */
  @MayBeAbsent()
  @IsString()
  @Length(3, 5)
  currency?: string;

  /** Order; a minus turns it round. Commission is ordered by what it is worth together. */
  @ApiProperty({ enum: SUB_AFFILIATE_SORTS, required: false, default: '-registeredAt' })
  @MayBeAbsent()
  @IsIn(SUB_AFFILIATE_SORTS)
  sort: SubAffiliateSort = '-registeredAt';

  /** `csv` and `xlsx` give all of them as a file; `limit` and `cursor` do not count then. */
  @MayBeAbsent()
  @IsIn(LIST_FORMATS)
  format: ListFormat = 'json';
}

/** A partner who came through a partner, or through one of its sub-affiliates. */
export class SubAffiliateDto {
  /** @example "01900000-0000-7000-8000-000000000901" */
  id: string;
  /** @example "Bob Reviews" */
  name: string;
  /** @example "active" */
  state: 'pending' | 'active' | 'suspended' | 'rejected' | 'erased';
  /**
   * 1 for who came through the partner's own link, 2 for whom these brought, and so on.
   * @example 1
   */
  level: number;
  /**
   * The partner's own campaign through which the branch came.
   * @example "01900000-0000-7000-8000-000000000701"
   */
  campaignId: string;
  /** @example "Colleagues" */
  campaignName: string;
  /**
   * The partner's own promo through which the branch came.
   * @example "01900000-0000-7000-8000-000000000801"
   */
  promoId: string;
  /** @example "8sKq2VbX0a" */
  promoCode: string;
  /** @example "2026-10-01T10:00:00.000Z" */
  registeredAt: string;
  /** What the partner was billed for this one so far, per currency; cancelled bills are left out. */
  commission: MoneyDto[];
  /** The same together in one currency, at today's rates; null where a rate is missing. */
  commissionConverted: MoneyDto | null;
}

/** A page of sub-affiliates. */
export class SubAffiliatePage {
  items: SubAffiliateDto[];
  /** Give it as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
  conversion: ConversionDto;
}

/** A sub-affiliate as operators see it: also its place in the tree. */
export class OperatorSubAffiliateDto extends SubAffiliateDto {
  /**
   * Who brought this one: the partner itself at level 1, else another one of the list.
   * @example "01900000-0000-7000-8000-000000000900"
   */
  inviterId: string;
}

/** A page of sub-affiliates as operators see them. */
export class OperatorSubAffiliatePage {
  items: OperatorSubAffiliateDto[];
  /** Give it as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
  conversion: ConversionDto;
}
