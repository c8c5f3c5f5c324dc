import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsObject, IsOptional, Max, Min, ValidateNested } from 'class-validator';
import { IsLabel, MayBeAbsent, MoneyDto } from '../../platform/index.js';
import { LIMITS, type Limit } from '../domain/entitlements.js';

const OFFERING_STATES = ['active', 'archived'] as const;
type OfferingState = (typeof OFFERING_STATES)[number];

/** How many at most; null is unlimited. In an add-on: how many more, and null lifts the limit. */
export class LimitsDto {
  /** Campaigns that are not archived. */
  campaigns: number | null;
  /** Channels that are not archived. */
  channels: number | null;
  /** People who are not blocked, the invited ones included. */
  teamMembers: number | null;
  broadcastsPerMonth: number | null;
}

/** Whether included. */
export class FeaturesDto {
  advertising: boolean;
  /** Broadcasts to people who do not follow the channel. */
  broadcastsBeyondFollowers: boolean;
}

/** Limits to set; what is left out of a package is unlimited, of an add-on nothing. */
export class SetLimitsDto {
  /** @example 10 */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  campaigns?: number | null;

  /** @example 3 */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  channels?: number | null;

  /** @example 5 */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  teamMembers?: number | null;

  /** @example 4 */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  broadcastsPerMonth?: number | null;
}

/** Features to set; what is left out of a package is included, of an add-on not. */
export class SetFeaturesDto {
  @MayBeAbsent()
  @IsBoolean()
  advertising?: boolean;

  @MayBeAbsent()
  @IsBoolean()
  broadcastsBeyondFollowers?: boolean;
}

/** What an offering entitles to; both as a whole. */
class EntitlementFields {
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => SetLimitsDto)
  limits?: SetLimitsDto;

  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => SetFeaturesDto)
  features?: SetFeaturesDto;
}

export class CreateOfferingDto extends EntitlementFields {
  /** @example "Gold" */
  @IsLabel(100)
  name: string;

  /** Zero or more. */
  @IsObject()
  @ValidateNested()
  @Type(() => MoneyDto)
  price: MoneyDto;
}

/** What is given is changed; `limits` and `features` are replaced as a whole. Requests keep their price. */
export class ChangeOfferingDto extends EntitlementFields {
  /** @example "Gold" */
  @MayBeAbsent()
  @IsLabel(100)
  name?: string;

  /** Zero or more. */
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => MoneyDto)
  price?: MoneyDto;
}

export class OfferingQuery {
  @MayBeAbsent()
  @IsIn([...OFFERING_STATES, 'all'])
  state: OfferingState | 'all' = 'active';
}

/** A package or an add-on. */
export class OfferingDto {
  id: string;
  name: string;
  price: MoneyDto;
  limits: LimitsDto;
  features: FeaturesDto;
  /** Whether sign-ups that name no package take this one; no add-on is. */
  isDefault: boolean;
  /** An archived one cannot be asked for; partners who have it keep it. */
  @ApiProperty({ enum: OFFERING_STATES })
  state: OfferingState;
}

export class OfferingList {
  items: OfferingDto[];
  nextCursor: string | null;
}

/** How much a partner has of what a limit is about. */
export class UsageDto {
  @ApiProperty({ enum: LIMITS })
  limit: Limit;
  used: number;
  /** Null is unlimited. Less than `used` after a change to a smaller package: nothing is taken away. */
  most: number | null;
}

/** A package that may be asked for. */
export class OfferedPackageDto extends OfferingDto {
  /** Whether it is yours. */
  own: boolean;
  /** Whether your request for it waits. */
  requested: boolean;
}

export class PartnerPackages {
  /** Your package; null before the approval. */
  own: OfferingDto | null;
  /** What it and your add-ons allow, and what you have of it. */
  usage: UsageDto[];
  features: FeaturesDto | null;
  /** What may be asked for. */
  items: OfferedPackageDto[];
  nextCursor: string | null;
}

/** An add-on that may be asked for. */
export class OfferedAddOnDto extends OfferingDto {
  /** How many of it you have. */
  owned: number;
  /** Whether your request for it waits. */
  requested: boolean;
}

export class PartnerAddOns {
  items: OfferedAddOnDto[];
  nextCursor: string | null;
}
