import { PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsCountry, IsLabel, IsText, IsTimeZone, MayBeAbsent, MoneyDto } from '../../platform/index.js';
import { type Platform, PLATFORMS } from '../domain/post-url.js';
import { PRICED_UNITS, type PricedUnit } from '../domain/unit-price.js';

const LONGEST_TEXT = 20_000;
const MOST_UNITS = 1_000_000_000_000;

/** What one unit is worth. */
export class UnitPriceInputDto {
  /**
   * `post` for the post as such, the others for each unit that it brings. One of the platforms at least must tell it: all of
   * them do likes, views and comments; shares Instagram and TikTok, followers Instagram.
   */
  @IsIn(PRICED_UNITS)
  unit: PricedUnit;

  /** In the budget's currency, above zero; up to six decimals more than the currency has. */
  @IsObject()
  @ValidateNested()
  @Type(() => MoneyDto)
  price: MoneyDto;

  /** So many units of a post are paid at most; all of them unless given. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MOST_UNITS)
  maxUnits?: number | null;
}

/** Who may join; everybody with an account at one of the platforms unless more is asked for. */
export class EligibilityInputDto {
  /**
   * Countries of creators (ISO 3166-1 alpha-2); none for all of them.
   * @example ["DE", "AT"]
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(249)
  @ArrayUnique()
  @IsCountry({ each: true })
  countries?: string[];

  /**
   * Followers of the account at least.
   * @example 1000
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(2_000_000_000)
  minFollowers?: number | null;

  /** Only accounts that the program has verified. */
  @MayBeAbsent()
  @IsBoolean()
  verifiedOnly?: boolean;
}

/**
 * A new campaign, as a draft. Times are RFC 3339, or wall times and days by the clocks of `timeZone`; from is included
 * and until is not.
 */
export class CreatePublicCampaignDto {
  /** @example "Autumn with Lucky Fox" */
  @IsLabel(200)
  title: string;

  /** @example "Show how you spend a rainy evening." */
  @IsString()
  @MaxLength(LONGEST_TEXT)
  description: string;

  /**
   * What creators must mind before they post.
   * @example "No children in the picture."
   */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_TEXT)
  precautions?: string | null;

  /**
   * Whom the posts are to reach.
   * @example "Adults who like board games"
   */
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  target?: string | null;

  /** @example ["instagram", "youtube"] */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(PLATFORMS, { each: true })
  platforms: Platform[];

  /** @example "Europe/Berlin" */
  @IsTimeZone()
  timeZone: string;

  /** @example "2026-11-20T09:00" */
  @IsString()
  @MaxLength(40)
  startsAt: string;

  /** @example "2026-12-20T00:00" */
  @IsString()
  @MaxLength(40)
  endsAt: string;

  /** Posts published before do not count; the campaign's start unless given, and it moves with it. */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  postingFrom?: string | null;

  /** Posts published from then on do not count; the campaign's end unless given, and it moves with it. */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  postingUntil?: string | null;

  /** What is paid for all posts together at most. Its currency is the campaign's. */
  @IsObject()
  @ValidateNested()
  @Type(() => MoneyDto)
  budget: MoneyDto;

  /** Each unit once at most. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(PRICED_UNITS.length)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => UnitPriceInputDto)
  unitPrices: UnitPriceInputDto[];

  /** What is paid for one post at most. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => MoneyDto)
  postCap?: MoneyDto | null;

  /** What one creator is paid at most. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => MoneyDto)
  creatorCap?: MoneyDto | null;

  /**
   * Tags that a post must carry, with # or @; in any case.
   * @example ["#luckyfox", "@luckyfox"]
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  requiredTags?: string[];

  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => EligibilityInputDto)
  eligibility?: EligibilityInputDto;

  /**
   * Terms that creators accept when they join, conditions of payment included. A changed text is a new version.
   * @example "Posts stay online for 30 days."
   */
  @IsText(LONGEST_TEXT)
  terms: string;
}

/** What to change; absent fields stay. Once published, only texts, terms, the budget and later ends. */
export class UpdatePublicCampaignDto extends PartialType(CreatePublicCampaignDto, {
  skipNullProperties: false,
}) {}
