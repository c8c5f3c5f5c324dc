import { Type } from 'class-transformer';
import {
  IsEmail,
  IsIn,
  IsISO31661Alpha2,
  IsUppercase,
  IsObject,
  IsString,
  IsUrl,
  IsUUID,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { IsLabel, MayBeAbsent } from '../platform/index.js';

export const PARTNER_KINDS = ['affiliate', 'creator', 'channel'] as const;
export type PartnerKind = (typeof PARTNER_KINDS)[number];

export class SocialAccountDto {
  /** @example "instagram" */
  @IsIn(['instagram', 'youtube', 'tiktok'])
  platform: string;

  /** @example "ann.reviews" */
  @IsLabel(100)
  handle: string;
}

export class RegisterDto {
  /** @example "ann@example.com" */
  @IsEmail()
  @MaxLength(320)
  email: string;

  /**
   * 8 to 128 characters, not one of the common ones.
   * @example "a long and unusual pass phrase"
   */
  @IsString()
  @MaxLength(1024)
  password: string;

  /**
   * Name of the person or company.
   * @example "Ann Reviews"
   */
  @IsLabel(200)
  name: string;

  @IsIn(PARTNER_KINDS)
  kind: PartnerKind;

  /**
   * ISO 3166-1 alpha-2; fixed after sign-up.
   * @example "DE"
   */
  @IsISO31661Alpha2()
  @IsUppercase()
  country: string;

  /** @example "+49 30 123456" */
  @MayBeAbsent()
  @Matches(/^[+0-9 ()/-]{4,30}$/, { message: 'phone must be a phone number such as +49 30 123456' })
  phone?: string;

  /** @example "https://reviews.example.com" */
  @MayBeAbsent()
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true })
  @MaxLength(500)
  website?: string;

  /** What the operator should know. */
  @MayBeAbsent()
  @IsString()
  @MaxLength(2000)
  description?: string;

  /** Package applied for; without one the program's default. */
  @MayBeAbsent()
  @IsUUID()
  packageId?: string;

  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => SocialAccountDto)
  socialAccount?: SocialAccountDto;

  /** Code of the sub-affiliate link that led here. */
  @MayBeAbsent()
  @IsString()
  @MaxLength(64)
  ref?: string;

  /** Code of the partner who recommended the program. */
  @MayBeAbsent()
  @IsString()
  @MaxLength(64)
  inviterCode?: string;
}

export class RegisterResponse {
  partnerId: string;
  /** @example "pending" */
  status: string;
}
