import { IntersectionType } from '@nestjs/swagger';
import { IsIn, IsString, MaxLength } from 'class-validator';
import {
  IsCountry,
  IsDayOrTime,
  IsId,
  LIST_FORMATS,
  type ListFormat,
  MayBeAbsent,
  PageQuery,
} from '../platform/index.js';
import { IsGroup } from './is-group.js';
import { ChannelDto } from './channels/channels.dto.js';
import { UsageDto } from './packages/offerings.dto.js';
import { PARTNER_KINDS, type PartnerKind } from './registration.dto.js';
import { SuspensionDto } from './suspensions.dto.js';

const PARTNER_STATES = ['pending', 'active', 'suspended', 'rejected', 'erased'] as const;
export type PartnerState = (typeof PARTNER_STATES)[number];

/** Which partners; all conditions together. */
export class PartnerFilter {
  /** Part of the name, of the website, or of the owner's e-mail. */
  @MayBeAbsent()
  @IsString()
  @MaxLength(200)
  search?: string;

  /** Part of the partner's name. */
  @MayBeAbsent()
  @IsString()
  @MaxLength(200)
  name?: string;

  @MayBeAbsent()
  @IsIn(PARTNER_KINDS)
  kind?: PartnerKind;

  @MayBeAbsent()
  @IsIn(PARTNER_STATES)
  state?: PartnerState;

  @MayBeAbsent()
  @IsId()
  packageId?: string;

  /** The operator who looks after them. */
  @MayBeAbsent()
  @IsId()
  managerId?: string;

  /** @example "vip" */
  @MayBeAbsent()
  @IsGroup()
  group?: string;

  /** @example "DE" */
  @MayBeAbsent()
  @IsCountry()
  country?: string;

  /**
   * Who signed up from this time or UTC day on.
   * @example "2026-10-01"
   */
  @MayBeAbsent()
  @IsDayOrTime()
  from?: string;

  /**
   * Who signed up until this time or through this UTC day.
   * @example "2026-10-31"
   */
  @MayBeAbsent()
  @IsDayOrTime()
  to?: string;
}

export class PartnerQuery extends IntersectionType(PageQuery, PartnerFilter) {
  /** A page, or a file of all. */
  @MayBeAbsent()
  @IsIn(LIST_FORMATS)
  format: ListFormat = 'json';
}

/** A partner as operators see it. */
export class PartnerDto {
  id: string;
  name: string;
  /** @example "affiliate" */
  kind: string;
  /** @example "active" */
  state: string;
  /** @example "DE" */
  country: string;
  email: string | null;
  phone: string | null;
  website: string | null;
  description: string | null;
  /** Name of the company, or of the person, that is paid. */
  legalName: string | null;
  taxNumber: string | null;
  street: string | null;
  postalCode: string | null;
  city: string | null;
  packageId: string | null;
  packageName: string | null;
  /**
   * What the program's billing system calls the partner.
   * @example "INV-2041"
   */
  invoiceId: string | null;
  /** @example ["vip"] */
  groups: string[];
  /** The operator who looks after it. */
  managerId: string | null;
  managerName: string | null;
  createdAt: Date;
  approvedAt: Date | null;
}

/** Another partner. */
export class InviterDto {
  id: string;
  name: string;
}

/** Somebody of a partner. */
export class PartnerDetailContactDto {
  id: string;
  name: string;
  email: string;
  phone: string | null;
  /** @example "owner" */
  role: string;
}

/** An add-on that a partner has. */
export class PartnerAddOnDto {
  addOnId: string;
  /** @example "More campaigns" */
  name: string;
  grantedAt: Date;
}

/** A partner with what its list leaves out. */
export class PartnerDetailDto extends PartnerDto {
  /** Through whose link it signed up; null for one who came alone. */
  inviter: InviterDto | null;
  /** When it earned nothing, newest first. */
  suspensions: SuspensionDto[];
  /** Its people who can be written to, the owners first. */
  contacts: PartnerDetailContactDto[];
  /** Its newest channels. */
  channels: ChannelDto[];
  addOns: PartnerAddOnDto[];
  /** What package and add-ons allow, and what it has of it. */
  usage: UsageDto[];
}

export class PartnerPage {
  items: PartnerDto[];
  nextCursor: string | null;
}
