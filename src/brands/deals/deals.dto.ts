import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsObject, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import {
  IsHttpUrl,
  IsId,
  IsLabel,
  IsText,
  IsTime,
  MayBeAbsent,
  MoneyDto,
  PageQuery,
} from '../../platform/index.js';
import { type Deal, DEAL_STATES, type DealState } from './deal.js';
import { DEAL_KINDS, type DealKind, showSize } from './domain/deal-size.js';

/** Per cent or an amount: one of the two. */
export class DealSizeDto {
  /**
   * Decimal string with at most two decimals; at most 100 for a discount.
   * @example "15"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(10)
  percent?: string;

  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => MoneyDto)
  amount?: MoneyDto;
}

/** A new deal: a promo of the brand that partners see on their dashboards. */
export class CreateDealDto {
  /** @example "Black week" */
  @IsLabel(120)
  title: string;

  /**
   * Where it is to be had: on one of the brand's allowed hosts, or that of its website.
   * @example "https://lucky-fox.example/black-week"
   */
  @IsHttpUrl()
  link: string;

  /**
   * To be entered there.
   * @example "BLACK15"
   */
  @IsOptional()
  @IsLabel(64)
  code?: string | null;

  @ApiProperty({ enum: DEAL_KINDS })
  @IsIn(DEAL_KINDS)
  kind: DealKind;

  @IsObject()
  @ValidateNested()
  @Type(() => DealSizeDto)
  size: DealSizeDto;

  /**
   * Now unless given.
   * @example "2026-11-23T00:00:00Z"
   */
  @MayBeAbsent()
  @IsTime()
  startsAt?: string;

  /**
   * Not included; without one it runs until it is deleted.
   * @example "2026-11-30T00:00:00Z"
   */
  @IsOptional()
  @IsTime()
  endsAt?: string | null;
}

/** What may be changed of a deal; absent fields stay. */
export class UpdateDealDto {
  /** @example "Black week" */
  @MayBeAbsent()
  @IsLabel(120)
  title?: string;

  /** @example "https://lucky-fox.example/black-week" */
  @MayBeAbsent()
  @IsHttpUrl()
  link?: string;

  /** @example "BLACK15" */
  @IsOptional()
  @IsLabel(64)
  code?: string | null;

  @ApiProperty({ enum: DEAL_KINDS, required: false })
  @MayBeAbsent()
  @IsIn(DEAL_KINDS)
  kind?: DealKind;

  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => DealSizeDto)
  size?: DealSizeDto;

  /** @example "2026-11-23T00:00:00Z" */
  @MayBeAbsent()
  @IsTime()
  startsAt?: string;

  /** @example "2026-11-30T00:00:00Z" */
  @IsOptional()
  @IsTime()
  endsAt?: string | null;
}

export class DealsQuery extends PageQuery {
  @ApiProperty({ enum: DEAL_STATES, required: false })
  @MayBeAbsent()
  @IsIn(DEAL_STATES)
  state?: DealState;
}

export class OperatorDealsQuery extends DealsQuery {
  @MayBeAbsent()
  @IsId()
  brandId?: string;
}

export class RemoveDealDto {
  /**
   * Why; mailed to the brand.
   * @example "The code does not work."
   */
  @IsText(2000)
  reason: string;
}

/** A deal of a brand. */
export class DealResponse {
  id: string;
  brandId: string;
  brandName: string;
  /** @example "Black week" */
  title: string;
  /** @example "https://lucky-fox.example/black-week" */
  link: string;
  /** Whether the link's host is still one of the brand's: else no partner is shown the deal until one of the two changes. */
  linkAllowed: boolean;
  /** @example "BLACK15" */
  code: string | null;
  @ApiProperty({ enum: DEAL_KINDS })
  kind: DealKind;
  size: DealSizeDto;
  /** @example "running" */
  @ApiProperty({ enum: DEAL_STATES })
  state: DealState;
  startsAt: Date;
  endsAt: Date | null;
  createdAt: Date;
  /** When operators took it off the dashboards, and why. */
  removedAt: Date | null;
  removalReason: string | null;
}

export class DealPage {
  items: DealResponse[];
  nextCursor: string | null;
}

/** The deal as the API answers it. */
export function toDealResponse({ size, ...deal }: Deal): DealResponse {
  return { ...deal, size: showSize(size) };
}
