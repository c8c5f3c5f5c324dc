import { ApiProperty } from '@nestjs/swagger';
import { IsLabel, MoneyDto } from '../../platform/index.js';
import { REFERRAL_STATES, type ReferralState } from './domain/referral-state.js';
import { ReferralTermsDto } from './operator-referrals.dto.js';

/** How far the conditions are met. */
export class ReferralConditionsDto {
  /** The account is approved, and a creator's social account verified. */
  verified: boolean;
  /** A publication was confirmed, or a bill paid. */
  workConfirmed: boolean;
  /** What was earned so far. */
  earnings: MoneyDto[];
  /** What must be earned: one of these. */
  minimumEarnings: MoneyDto[];
}

/** Your own welcome bonus, after you entered the code of an inviter. */
export class OwnReferralDto {
  @ApiProperty({ enum: REFERRAL_STATES })
  state: ReferralState;
  bonus: MoneyDto;
  enteredAt: Date;
  /** Not included: until then the conditions can be met. */
  windowEndsAt: Date;
  /** When the bonus is paid; null until the conditions are met. */
  payableAt: Date | null;
  conditions: ReferralConditionsDto;
}

export class ReferralProgramDto {
  /** How many partners entered your code. */
  registered: number;
  /** How many of them have met the conditions. */
  fulfilled: number;
  /** What you got for them, per currency. */
  totalBonus: MoneyDto[];
  /**
   * Your own code.
   * @example "K7QW2M9X"
   */
  code: string;
  /**
   * Leads to the page of sign-up with your code.
   * @example "https://partners.example/sign-up?inviterCode=K7QW2M9X"
   */
  link: string;
  /** Null while the program has not begun. */
  @ApiProperty({ type: ReferralTermsDto, nullable: true })
  terms: ReferralTermsDto | null;
  /** Null while you have not entered a code. */
  @ApiProperty({ type: OwnReferralDto, nullable: true })
  invited: OwnReferralDto | null;
  /** Until when you may enter the code of an inviter; null when you cannot. */
  canEnterCodeUntil: Date | null;
  /** Steps that tell how the program works. */
  howItWorks: string[];
  /**
   * Topic of the questions and answers about the program.
   * @example "referral-program"
   */
  faqTopic: string;
}

export class EnterCodeDto {
  /**
   * Of the partner who invited you; case and blanks make no difference.
   * @example "K7QW2M9X"
   */
  @IsLabel(64)
  code: string;
}
