import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { IsId, MayBeAbsent, Money, MoneyDto, PageQuery } from '../../platform/index.js';
import {
  CAMPAIGN_STATES,
  CAMPAIGN_STATUSES,
  type CampaignState,
  campaignStatus,
  type CampaignStatus,
  consumptionPercent,
} from '../domain/campaign-status.js';
import { type Platform, PLATFORMS } from '../domain/post-url.js';
import { formatUnitPrice, PRICED_UNITS, type PricedUnit } from '../domain/unit-price.js';
import type { PublicCampaign } from './campaign-rows.js';

/** Filters of a brand's campaigns. */
export class BrandCampaignsQuery extends PageQuery {
  @ApiProperty({ enum: CAMPAIGN_STATES, required: false })
  @MayBeAbsent()
  @IsIn(CAMPAIGN_STATES)
  state?: CampaignState;
}

/** Filters of all campaigns. */
export class OperatorCampaignsQuery extends BrandCampaignsQuery {
  @MayBeAbsent()
  @IsId()
  brandId?: string;
}

/** What one unit is worth. */
export class UnitPriceDto {
  @ApiProperty({ enum: PRICED_UNITS })
  unit: PricedUnit;
  /** May have more decimals than its currency. */
  price: MoneyDto;
  /** So many units of a post are paid at most; null for all of them. */
  maxUnits: number | null;
}

/** Who may join. */
export class EligibilityDto {
  /** None for all countries. */
  countries: string[];
  minFollowers: number | null;
  verifiedOnly: boolean;
}

/** What everybody may know of a campaign. */
export class CampaignFactsDto {
  /** @example "01900000-0000-7000-8000-000000002101" */
  id: string;
  /** @example "Autumn with Lucky Fox" */
  title: string;
  description: string;
  precautions: string | null;
  target: string | null;
  @ApiProperty({ enum: PLATFORMS, isArray: true })
  platforms: Platform[];
  /** @example "Europe/Berlin" */
  timeZone: string;
  startsAt: Date;
  endsAt: Date;
  postingFrom: Date;
  postingUntil: Date;
  /** Of a published campaign, by its times and its budget; null for any other. */
  @ApiProperty({ enum: CAMPAIGN_STATUSES, nullable: true, type: String })
  status: CampaignStatus | null;
  budget: MoneyDto;
  /**
   * How much of the budget is used up, in whole per cent. At 100 nobody can join or post.
   * @example 42
   */
  consumptionPercent: number;
  unitPrices: UnitPriceDto[];
  postCap: MoneyDto | null;
  creatorCap: MoneyDto | null;
  /** @example ["#luckyfox"] */
  requiredTags: string[];
  eligibility: EligibilityDto;
  /** The terms in force. */
  terms: string;
  /** @example 1 */
  termsVersion: number;
}

/** A public campaign, as its brand and operators see it. */
export class PublicCampaignResponse extends CampaignFactsDto {
  brandId: string;
  @ApiProperty({ enum: CAMPAIGN_STATES })
  state: CampaignState;
  /** Sum of what is accrued for posts. */
  consumed: MoneyDto;
  createdAt: Date;
  publishedAt: Date | null;
  cancelledAt: Date | null;
}

/** A page of campaigns. */
export class PublicCampaignPage {
  items: PublicCampaignResponse[];
  nextCursor: string | null;
}

/** What everybody may know of the campaign, at an instant. */
export function toCampaignFacts(campaign: PublicCampaign, now: Date): CampaignFactsDto {
  const { currency, unitPrices, postCapMinor, creatorCapMinor } = campaign;
  const money = (minor: bigint) => Money.of(minor, currency).toJSON();
  return {
    id: campaign.id,
    title: campaign.title,
    description: campaign.description,
    precautions: campaign.precautions,
    target: campaign.target,
    platforms: [...campaign.platforms],
    timeZone: campaign.timeZone,
    startsAt: campaign.startsAt,
    endsAt: campaign.endsAt,
    postingFrom: campaign.postingFrom,
    postingUntil: campaign.postingUntil,
    status: campaign.state === 'published' ? campaignStatus(campaign, now) : null,
    budget: money(campaign.budgetMinor),
    consumptionPercent: consumptionPercent(campaign),
    unitPrices: unitPrices.map(({ unit, price, maxUnits }) => ({
      unit,
      price: { amount: formatUnitPrice(price, currency), currency },
      maxUnits: maxUnits === null ? null : Number(maxUnits),
    })),
    postCap: postCapMinor === null ? null : money(postCapMinor),
    creatorCap: creatorCapMinor === null ? null : money(creatorCapMinor),
    requiredTags: [...campaign.requiredTags],
    eligibility: {
      countries: [...campaign.countries],
      minFollowers: campaign.minFollowers,
      verifiedOnly: campaign.verifiedOnly,
    },
    terms: campaign.terms,
    termsVersion: campaign.termsVersion,
  };
}

/** The campaign as its brand and operators see it. */
export function toPublicCampaign(campaign: PublicCampaign, now: Date): PublicCampaignResponse {
  return {
    ...toCampaignFacts(campaign, now),
    brandId: campaign.brandId,
    state: campaign.state,
    consumed: Money.of(campaign.consumedMinor, campaign.currency).toJSON(),
    createdAt: campaign.createdAt,
    publishedAt: campaign.publishedAt,
    cancelledAt: campaign.cancelledAt,
  };
}
