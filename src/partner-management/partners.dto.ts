import { IsIn, IsString, MaxLength } from 'class-validator';
import { MayBeAbsent, PageQuery } from '../platform/index.js';
import { SuspensionDto } from './suspensions.dto.js';

const PARTNER_STATES = ['pending', 'active', 'suspended', 'rejected', 'erased'] as const;
export type PartnerState = (typeof PARTNER_STATES)[number];

export class PartnerQuery extends PageQuery {
  @MayBeAbsent()
  @IsIn(PARTNER_STATES)
  state?: PartnerState;

  /** Part of the partner's name. */
  @MayBeAbsent()
  @IsString()
  @MaxLength(200)
  name?: string;
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
  createdAt: Date;
  approvedAt: Date | null;
}

/** Another partner. */
export class InviterDto {
  id: string;
  name: string;
}

/** A partner with what its list leaves out. */
export class PartnerDetailDto extends PartnerDto {
  /** Through whose link it signed up; null for one who came alone. */
  inviter: InviterDto | null;
  /** When it earned nothing, newest first. */
  suspensions: SuspensionDto[];
}

export class PartnerPage {
  items: PartnerDto[];
  nextCursor: string | null;
}
