import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsEmail,
  IsIn,
  IsObject,
  IsString,
  IsUrl,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { IsCountry, IsId, IsLabel, IsPhone, IsText, MayBeAbsent } from '../platform/index.js';
import { SOCIAL_PLATFORMS } from './domain/social-account.js';

export const PARTNER_KINDS = ['affiliate', 'creator', 'channel'] as const;
export type PartnerKind = (typeof PARTNER_KINDS)[number];

/** A social account as partners name it, once. */
export class SignUpSocialAccountDto {
  /** @example "instagram" */
  @IsIn(SOCIAL_PLATFORMS)
  platform: string;

  /**
   * A leading @ is dropped.
   * @example "ann.reviews"
   */
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
  @IsCountry()
  country: string;

  /**
   * With + and the country code (E.164); spaces, brackets and dashes are dropped.
   * @example "+4930123456"
   */
  @MayBeAbsent()
  @IsPhone()
  phone?: string;

  /** @example "https://reviews.example.com" */
  @MayBeAbsent()
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true })
  @MaxLength(500)
  website?: string;

  /** What the operator should know. */
  @MayBeAbsent()
  @IsText(2000)
  description?: string;

  /** Package applied for; without one the program's default. */
  @MayBeAbsent()
  @IsId()
  packageId?: string;

  /** What creators publish by; can be given later by `PATCH /partner/profile`, and is fixed once it is given. */
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => SignUpSocialAccountDto)
  socialAccount?: SignUpSocialAccountDto;

  /**
   * What a sub-affiliate link put into the address of the page of sign-up: its `ref`, the link's code, or its `tag`, the visit.
   * Makes the new partner a sub-affiliate of the link's owner; what leads to nobody is ignored.
   * @example "8sKq2VbX0a"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(64)
  ref?: string;

  /**
   * Code of the partner who recommended the program; what is refused of it never refuses the sign-up, but is told in the
   * event log.
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(64)
  inviterCode?: string;

  /**
   * Ids of the terms and policies in force (`GET /terms`) that the person accepts; others are left out, and stay to be
   * accepted after the sign-in.
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(10)
  @IsId({ each: true })
  acceptedTermsVersionIds?: string[];
}

export class RegisterResponse {
  partnerId: string;
  /** @example "pending" */
  status: string;
}
