import { ApiProperty, OmitType, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsCountry, IsId, IsLabel, IsTime, MayBeAbsent, PageQuery } from '../../platform/index.js';
import { AD_CAMPAIGN_STATES, type AdCampaignState } from './domain/ad-campaign-state.js';
import { LANGUAGE, PLACEMENT, PLATFORMS, type Platform } from './domain/targeting.js';

const MOST_ADS = 20;
const MOST_IMPRESSIONS = 1_000_000_000;

/** Whom ads are shown to; an empty list is everybody. Whoever asks for an ad says what it is. */
export class TargetingDto {
  /**
   * ISO 3166-1 alpha-2 codes.
   * @example ["DE", "AT"]
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(250)
  @ArrayUnique()
  @IsCountry({ each: true })
  countries: string[] = [];

  /**
   * ISO 639 codes in lower case.
   * @example ["de"]
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @Matches(LANGUAGE, { each: true, message: 'each of languages must be a code of ISO 639 such as de' })
  languages: string[] = [];

  /** @example ["web"] */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(PLATFORMS.length)
  @ArrayUnique()
  @IsIn(PLATFORMS, { each: true })
  platforms: Platform[] = [];

  /**
   * Names that the apps and pages give to the places where they show ads.
   * @example ["home-top"]
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @Matches(PLACEMENT, {
    each: true,
    message: 'each of placements must be at most 50 lower-case letters, digits and single hyphens',
  })
  placements: string[] = [];
}

export class CreateAdCampaignDto {
  /** @example "Autumn" */
  @IsLabel(120)
  name: string;

  /**
   * Your ads that it shows, of any formats.
   * @example ["01900000-0000-7000-8000-000000000a11"]
   */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_ADS)
  @ArrayUnique()
  @IsId({ each: true })
  adIds: string[];

  /**
   * How often it is shown in all: its launch sets as many of your available impressions aside.
   * @example 30000
   */
  @IsInt()
  @Min(1)
  @Max(MOST_IMPRESSIONS)
  impressions: number;

  /**
   * Nothing is shown before; null from the launch on.
   * @example "2026-12-01T00:00:00Z"
   */
  @IsOptional()
  @IsTime()
  startsAt?: string | null;

  /**
   * Then it ends by itself, and gives unused impressions back; null when they are used up or you end it.
   * @example "2027-01-01T00:00:00Z"
   */
  @IsOptional()
  @IsTime()
  endsAt?: string | null;

  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => TargetingDto)
  targeting: TargetingDto = new TargetingDto();
}

/** What is to be changed; absent fields stay. Impressions and start are fixed once the campaign is launched. */
export class ChangeAdCampaignDto extends PartialType(OmitType(CreateAdCampaignDto, ['targeting']), {
  skipNullProperties: false,
}) {
  /** The whole of it. */
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => TargetingDto)
  targeting?: TargetingDto;
}

/** Ads that are shown so often, to whom, and when. */
export class AdCampaignDto {
  id: string;
  name: string;
  @ApiProperty({ enum: AD_CAMPAIGN_STATES, description: 'Only a `running` one shows its ads.' })
  state: AdCampaignState;
  @ApiProperty({
    enum: ['partner', 'no_impressions_left'],
    nullable: true,
    type: String,
    description: 'Why it is paused: by you, or by itself when its impressions were used up',
  })
  pausedBy: 'partner' | 'no_impressions_left' | null;
  adIds: string[];
  /** @example 30000 */
  impressions: number;
  /**
   * Of these, set aside and not shown yet; none before the launch and after the end.
   * @example 20000
   */
  left: number;
  /**
   * Of these, shown.
   * @example 10000
   */
  served: number;
  startsAt: Date | null;
  endsAt: Date | null;
  targeting: TargetingDto;
  createdAt: Date;
  launchedAt: Date | null;
  endedAt: Date | null;
}

export class AdCampaignPage {
  items: AdCampaignDto[];
  nextCursor: string | null;
}

export class AdCampaignQuery extends PageQuery {
  @MayBeAbsent()
  @IsIn(AD_CAMPAIGN_STATES)
  state?: AdCampaignState;
}
