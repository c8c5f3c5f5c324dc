import { IsIn, IsString, MaxLength, MinLength } from 'class-validator';
import { IsText, MayBeAbsent, PageQuery } from '../platform/index.js';
import { SOCIAL_ACCOUNT_STATES, type SocialAccountState } from './domain/social-account.js';

/** A partner's account at a social network, fixed once it is given. */
export class SocialAccountDto {
  id: string;
  /** @example "instagram" */
  platform: string;
  /**
   * In lower case, without @.
   * @example "ann.reviews"
   */
  handle: string;
  /** `unverified` until you ask, `pending` while an operator waits for your message, then `verified` or `rejected`. */
  state: SocialAccountState;
  requestedAt: Date | null;
  decidedAt: Date | null;
  rejectionReason: string | null;
}

export class VerificationResponse {
  /**
   * Send it to the program as a message from the account. It is not shown again; asking once more gives another one.
   * @example "AB3DEF7H"
   */
  code: string;
  socialAccount: SocialAccountDto;
}

export class SocialAccountQuery extends PageQuery {
  @MayBeAbsent()
  @IsIn([...SOCIAL_ACCOUNT_STATES, 'all'])
  state: SocialAccountState | 'all' = 'pending';
}

/** A social account as operators see it. */
export class PartnerSocialAccountDto extends SocialAccountDto {
  partnerId: string;
  partnerName: string;
}

export class PartnerSocialAccountPage {
  items: PartnerSocialAccountDto[];
  nextCursor: string | null;
}

export class VerifySocialAccountDto {
  /**
   * The code in the message that came from the account.
   * @example "AB3DEF7H"
   */
  @IsString()
  @MinLength(1)
  @MaxLength(64)
  code: string;
}

export class RejectSocialAccountDto {
  /** What the partner is told. */
  @IsText(2000)
  reason: string;
}
