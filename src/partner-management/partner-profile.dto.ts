import { ApiHideProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { Allow, IsObject, IsOptional, IsUrl, MaxLength, ValidateNested } from 'class-validator';
import { IsLabel, IsPhone, IsText, MayBeAbsent } from '../platform/index.js';
import { SignUpSocialAccountDto } from './registration.dto.js';
import { SocialAccountDto } from './social-accounts.dto.js';

/** A partner as its own people see it. */
export class PartnerProfileDto {
  id: string;
  name: string;
  /** @example "creator" */
  kind: string;
  /** @example "active" */
  state: string;
  /**
   * Fixed after sign-up.
   * @example "DE"
   */
  country: string;
  phone: string | null;
  website: string | null;
  description: string | null;
  /**
   * Name of the company, or of the person, that is paid.
   * @example "Ann Reviews GmbH"
   */
  legalName: string | null;
  /** @example "DE123456789" */
  taxNumber: string | null;
  /** @example "Hauptstrasse 1" */
  street: string | null;
  /** @example "10115" */
  postalCode: string | null;
  /** @example "Berlin" */
  city: string | null;
  /** Fixed once it is given, at sign-up or later. */
  socialAccounts: SocialAccountDto[];
  createdAt: Date;
}

/** What is given is changed; `null` removes what may be missing. */
export class UpdatePartnerProfileDto {
  @MayBeAbsent()
  @IsLabel(200)
  name?: string;

  /**
   * With + and the country code (E.164); spaces, brackets and dashes are dropped.
   * @example "+4930123456"
   */
  @IsOptional()
  @IsPhone()
  phone?: string | null;

  /** @example "https://reviews.example.com" */
  @IsOptional()
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true })
  @MaxLength(500)
  website?: string | null;

  @IsOptional()
  @IsText(2000)
  description?: string | null;

  /**
   * Name of the company, or of the person, that is paid.
   * @example "Ann Reviews GmbH"
   */
  @IsOptional()
  @IsLabel(200)
  legalName?: string | null;

  /** @example "DE123456789" */
  @IsOptional()
  @IsLabel(50)
  taxNumber?: string | null;

  /** @example "Hauptstrasse 1" */
  @IsOptional()
  @IsLabel(200)
  street?: string | null;

  /** @example "10115" */
  @IsOptional()
  @IsLabel(20)
  postalCode?: string | null;

  /** @example "Berlin" */
  @IsOptional()
  @IsLabel(100)
  city?: string | null;

  /** For those who gave none at sign-up; fixed once it is given. */
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => SignUpSocialAccountDto)
  socialAccount?: SignUpSocialAccountDto;

  // Let through to be refused by the rule that fixes them, which says why.
  @ApiHideProperty()
  @Allow()
  country?: unknown;

  @ApiHideProperty()
  @Allow()
  socialAccounts?: unknown;
}
