import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsObject, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { IsId, IsLabel, MayBeAbsent, PageQuery } from '../platform/index.js';
import { CAMPAIGN_STATES, type CampaignState } from './campaign.entity.js';
import type { CampaignListing } from './campaigns.service.js';
import { CreatePromoDto, PromoResponse } from './promos.dto.js';

/** A new campaign. */
export class CreateCampaignDto {
  /** @example "Autumn reviews" */
  @IsLabel(200)
  name: string;

  /** @example "01900000-0000-7000-8000-000000000101" */
  @IsId()
  brandId: string;

  /** @example "01900000-0000-7000-8000-000000000601" */
  @IsId()
  commissionPlanId: string;

  /** The first promo, made together with the campaign. */
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => CreatePromoDto)
  promo?: CreatePromoDto;
}

/** Filters of the campaign list (A02). */
export class CampaignsQuery extends PageQuery {
  /** @example "active" */
  @ApiPropertyOptional()
  @IsOptional()
  @IsIn([...CAMPAIGN_STATES, 'all'])
  state: CampaignState | 'all' = 'all';

  /**
   * Part of the name, in any case.
   * @example "autumn"
   */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  name?: string;

  /** @example "01900000-0000-7000-8000-000000000701" */
  @IsOptional()
  @IsId()
  id?: string;

  /** @example "01900000-0000-7000-8000-000000000101" */
  @IsOptional()
  @IsId()
  brandId?: string;

  /** @example "01900000-0000-7000-8000-000000000601" */
  @IsOptional()
  @IsId()
  commissionPlanId?: string;
}

/** A campaign. */
export class CampaignResponse {
  /** @example "01900000-0000-7000-8000-000000000701" */
  id: string;
  /** @example "Autumn reviews" */
  name: string;
  /**
   * An archived campaign keeps tracking and earning, and refuses new promos and edits.
   * @example "active"
   */
  state: 'active' | 'archived';
  /** @example "01900000-0000-7000-8000-000000000101" */
  brandId: string;
  /** @example "Lucky Fox" */
  brandName: string;
  /** @example "01900000-0000-7000-8000-000000000601" */
  commissionPlanId: string;
  /** @example "Share 25 %" */
  commissionPlanName: string;
  /**
   * How many promos it has.
   * @example 3
   */
  promosCount: number;
  /** @example "2026-10-01T10:00:00.000Z" */
  createdAt: string;
}

/** A new campaign, with its first promo if one was asked for. */
export class NewCampaignResponse extends CampaignResponse {
  promo: PromoResponse | null;
}

/** A campaign with its newest promos (at most 200; the others are in the campaign's promo list). */
export class CampaignDetailResponse extends CampaignResponse {
  promos: PromoResponse[];
}

/** A page of campaigns. */
export class CampaignPage {
  items: CampaignResponse[];
  /** Give it as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}

/** The campaign as the API answers it. */
export function toCampaignResponse(listing: CampaignListing): CampaignResponse {
  const { id, name, state, brandId, commissionPlanId, createdAt } = listing.campaign;
  const { brandName, commissionPlanName, promosCount } = listing;
  return {
    id,
    name,
    state,
    brandId,
    brandName,
    commissionPlanId,
    commissionPlanName,
    promosCount,
    createdAt: createdAt.toISOString(),
  };
}
