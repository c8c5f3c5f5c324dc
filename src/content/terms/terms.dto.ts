import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsIn } from 'class-validator';
import {
  IsId,
  IsLabel,
  IsText,
  IsTime,
  LIST_FORMATS,
  type ListFormat,
  MayBeAbsent,
  PageQuery,
} from '../../platform/index.js';
import { htmlOf } from '../markdown.js';
import { TERMS_KINDS, type TermsKind, type TermsVersion } from './terms-version.entity.js';

const LONGEST_BODY = 200_000;

/** A new version, which stays a draft until it is published. */
export class CreateTermsDto {
  @IsIn(TERMS_KINDS)
  kind: TermsKind;

  /** Brand whose terms they are; for `brand_terms`, and for those only. */
  @MayBeAbsent()
  @IsId()
  brandId?: string;

  /** @example "Terms and conditions" */
  @IsLabel(200)
  title: string;

  /**
   * Markdown (CommonMark). HTML in it is shown as text.
   * @example "1. You promote our brands **fairly**."
   */
  @IsText(LONGEST_BODY)
  body: string;

  /** Whether partners are to accept it; yes unless given, but for privacy policies. */
  @MayBeAbsent()
  @IsBoolean()
  mustAccept?: boolean;
}

export class UpdateTermsDto {
  @MayBeAbsent()
  @IsLabel(200)
  title?: string;

  @MayBeAbsent()
  @IsText(LONGEST_BODY)
  body?: string;

  @MayBeAbsent()
  @IsBoolean()
  mustAccept?: boolean;
}

export class PublishTermsDto {
  /**
   * When it comes into force, not before now; at once unless given.
   * @example "2026-12-01T00:00:00Z"
   */
  @MayBeAbsent()
  @IsTime()
  publishAt?: string;
}

export class OperatorTermsQuery extends PageQuery {
  @MayBeAbsent()
  @IsIn(TERMS_KINDS)
  kind?: TermsKind;

  /** Only this brand's. */
  @MayBeAbsent()
  @IsId()
  brandId?: string;
}

export class PartnerTermsQuery {
  /** Terms of this brand, in place of those of the brands that you have campaigns with. */
  @MayBeAbsent()
  @IsId()
  brandId?: string;
}

export class AcceptancesQuery extends PageQuery {
  /** Only of this version. */
  @MayBeAbsent()
  @IsId()
  versionId?: string;

  /** Only by this partner. */
  @MayBeAbsent()
  @IsId()
  partnerId?: string;

  /** A page, or a file of all. */
  @ApiProperty({ enum: LIST_FORMATS, required: false })
  @MayBeAbsent()
  @IsIn(LIST_FORMATS)
  format: ListFormat = 'json';
}

/** A version in force. */
export class PublicTermsDto {
  id: string;
  @ApiProperty({ enum: TERMS_KINDS })
  kind: TermsKind;
  version: number;
  title: string;
  /** As it was written: Markdown. */
  body: string;
  /** The same as HTML in which nothing is executed. */
  bodyHtml: string;
  /** Since when it is in force. */
  publishAt: Date;
  /** Whether partners are to accept it. */
  mustAccept: boolean;
}

export class PublicTermsList {
  /** The program's terms and its privacy policy, where there are some. */
  items: PublicTermsDto[];
  nextCursor: string | null;
}

export class AcceptanceDto {
  acceptedAt: Date;
  /** Who accepted for the partner. */
  acceptedBy: string;
}

/** A version in force, as the partner sees it. */
export class PartnerTermsDto extends PublicTermsDto {
  brandId: string | null;
  brandName: string | null;
  @ApiProperty({ type: AcceptanceDto, nullable: true })
  acceptance: AcceptanceDto | null;
}

export class PartnerTermsList {
  items: PartnerTermsDto[];
  nextCursor: string | null;
  /** How many of them are to be accepted and are not. */
  outstanding: number;
}

/** A version as operators see it. */
export class OperatorTermsDto {
  id: string;
  @ApiProperty({ enum: TERMS_KINDS })
  kind: TermsKind;
  brandId: string | null;
  version: number;
  title: string;
  /** Markdown. */
  body: string;
  bodyHtml: string;
  mustAccept: boolean;
  /** In force from then on, until a later one is; null for a draft. */
  publishAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

export class OperatorTermsPage {
  items: OperatorTermsDto[];
  nextCursor: string | null;
}

/** Who accepted which version, when and from where. */
export class TermsAcceptanceDto {
  id: string;
  versionId: string;
  @ApiProperty({ enum: TERMS_KINDS })
  kind: TermsKind;
  brandId: string | null;
  version: number;
  partnerId: string;
  partnerName: string;
  userId: string;
  userName: string;
  /**
   * Internet address; null for partners whose data was erased.
   * @example "203.0.113.7"
   */
  address: string | null;
  acceptedAt: Date;
}

export class TermsAcceptancePage {
  items: TermsAcceptanceDto[];
  nextCursor: string | null;
}

/** The version as operators see it. */
export function toOperatorTerms(version: TermsVersion): OperatorTermsDto {
  return { ...version, bodyHtml: htmlOf(version.body) };
}
