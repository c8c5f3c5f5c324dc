import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsId, IsText, MayBeAbsent, MoneyDto, PageQuery } from '../../platform/index.js';
import { ENTRY_DAYS } from './domain/code-entry.js';
import { REFERRAL_STATES, type ReferralState } from './domain/referral-state.js';
import type { ReferralTerms } from './referral-terms.js';

/** Terms for codes that are entered from now on. */
export class SetTermsDto {
  /** Whether codes are taken at all. */
  @IsBoolean()
  open: boolean;

  /**
   * Currency of both bonuses.
   * @example "EUR"
   */
  @IsString()
  @Length(3, 5)
  currency: string;

  /**
   * What the inviter gets, as a decimal string; zero for nothing.
   * @example "20.00"
   */
  @IsString()
  @MaxLength(40)
  inviterBonus: string;

  /**
   * What the invited partner gets, as a decimal string; zero for nothing.
   * @example "10.00"
   */
  @IsString()
  @MaxLength(40)
  invitedBonus: string;

  /** What the invited partner must earn: one of these, each in another currency. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => MoneyDto)
  minimumEarnings: MoneyDto[];

  /**
   * Days after signing up in which the conditions must be met; codes are entered in the first 30 of them.
   * @example 90
   */
  // A property with a default would pass for a required one.
  @ApiProperty({ required: false })
  @MayBeAbsent()
  @IsInt()
  @Min(ENTRY_DAYS)
  @Max(365)
  windowDays: number = 90;

  /**
   * Days between the fulfilled conditions and the bonus.
   * @example 14
   */
  @ApiProperty({ required: false })
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(90)
  holdDays: number = 14;

  /**
   * Steps that tell how the program works; they follow from the terms where there are none.
   * @example ["Share your link.", "Your friend signs up and earns 100 euros."]
   */
  @ApiProperty({ required: false })
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 500, { each: true })
  howItWorks: string[] = [];
}

/** What the program promises. */
export class ReferralTermsDto {
  /** Whether codes are taken. */
  open: boolean;
  /** What the inviter gets. */
  inviterBonus: MoneyDto;
  /** What the invited partner gets. */
  invitedBonus: MoneyDto;
  /** What the invited partner must earn: one of these. */
  minimumEarnings: MoneyDto[];
  /**
   * Days after signing up in which the conditions must be met.
   * @example 90
   */
  windowDays: number;
  /**
   * Days between the fulfilled conditions and the bonus.
   * @example 14
   */
  holdDays: number;
}

export class OperatorReferralTermsDto extends ReferralTermsDto {
  id: string;
  howItWorks: string[];
  createdAt: Date;
}

export class CurrentTermsDto {
  /** Null while nobody has set any: then no codes are taken. */
  @ApiProperty({ type: OperatorReferralTermsDto, nullable: true })
  terms: OperatorReferralTermsDto | null;
}

export class ReferralsQuery extends PageQuery {
  @ApiProperty({ enum: REFERRAL_STATES, required: false })
  @MayBeAbsent()
  @IsIn(REFERRAL_STATES)
  state?: ReferralState;

  @MayBeAbsent()
  @IsId()
  inviterId?: string;
}

/** A partner who entered the code of another one. */
export class OperatorReferralDto {
  id: string;
  partnerId: string;
  partnerName: string;
  inviterId: string;
  inviterName: string;
  @ApiProperty({ enum: REFERRAL_STATES })
  state: ReferralState;
  inviterBonus: MoneyDto;
  invitedBonus: MoneyDto;
  enteredAt: Date;
  /** Not included: until then the conditions can be met. */
  windowEndsAt: Date;
  /** When the bonus is paid, or was to be. */
  payableAt: Date | null;
  rewardedAt: Date | null;
  endedAt: Date | null;
  /** Why it was declined or taken back; of a rewarded one, why it shall be as soon as the money is there. */
  reason: string | null;
}

export class OperatorReferralPage {
  items: OperatorReferralDto[];
  nextCursor: string | null;
}

export class RevokeReferralDto {
  /**
   * Why; both sides are told.
   * @example "Both accounts belong to one person."
   */
  @IsText(500)
  reason: string;

  /** Confirms that available balances of both sides may go below zero. */
  @ApiProperty({ required: false })
  @MayBeAbsent()
  @IsBoolean()
  overdraw: boolean = false;
}

/** The terms as operators see them. */
export function toOperatorReferralTerms(terms: ReferralTerms): OperatorReferralTermsDto {
  const { id, howItWorks, createdAt } = terms;
  return { id, ...toTermsDto(terms), howItWorks, createdAt };
}

/** The terms as everybody sees them. */
export function toTermsDto(terms: ReferralTerms): ReferralTermsDto {
  return {
    open: terms.open,
    inviterBonus: terms.inviterBonus.toJSON(),
    invitedBonus: terms.invitedBonus.toJSON(),
    minimumEarnings: terms.minimumEarnings.map((minimum) => minimum.toJSON()),
    windowDays: terms.windowDays,
    holdDays: terms.holdDays,
  };
}
