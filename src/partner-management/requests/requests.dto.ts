import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, MaxLength } from 'class-validator';
import { IsId, IsText, MayBeAbsent, MoneyDto, OnlyWith, PageQuery } from '../../platform/index.js';
import {
  REQUEST_KINDS,
  REQUEST_STATES,
  type RequestKind,
  type RequestState,
} from '../domain/request-life.js';

/** Kinds that are asked for by naming what is on offer; the others come from what they are about. */
const OFFERED_KINDS = ['partnership', 'add_on'] as const;
type OfferedKind = (typeof OFFERED_KINDS)[number];

export class OperatorRequestQuery extends PageQuery {
  /** Which requests: the ones that wait for a decision by default. */
  @MayBeAbsent()
  @IsIn([...REQUEST_STATES, 'all'])
  state: RequestState | 'all' = 'pending';

  /** Part of the partner's name. */
  @MayBeAbsent()
  @IsString()
  @MaxLength(200)
  partner?: string;
}

/** What is told of any request. */
class RequestFacts {
  id: string;
  /** What it is about: of a partnership the package, of an add-on request the add-on. */
  subjectId: string;
  @ApiProperty({ enum: REQUEST_KINDS })
  type: RequestKind;
  /**
   * What was asked for, as it was called then.
   * @example "Gold"
   */
  title: string;
  @ApiProperty({ enum: REQUEST_STATES })
  state: RequestState;
  /** Price at the time of the request. */
  price: MoneyDto;
  /** What the partner says about it. */
  description: string | null;
  requestedAt: Date;
  decidedAt: Date | null;
  /** What a rejected partner was told. */
  rejectionDescription: string | null;
}

/** A request as its partner sees it. */
export class PartnerRequestDto extends RequestFacts {}

export class PartnerRequestPage {
  items: PartnerRequestDto[];
  nextCursor: string | null;
}

export class PartnerRequestQuery extends PageQuery {
  @MayBeAbsent()
  @IsIn(REQUEST_KINDS)
  type?: RequestKind;

  @MayBeAbsent()
  @IsIn(REQUEST_STATES)
  state?: RequestState;
}

/** A request as operators see it, with what there is to know of who asks. */
export class OperatorRequestDto extends RequestFacts {
  partnerId: string;
  partnerName: string;
  /**
   * An active partner has a package already.
   * @example "pending"
   */
  partnerStatus: string;
  /** Address that the decision is mailed to. */
  email: string | null;
  /** Whether somebody confirmed that the address is theirs; null where there is no address. */
  emailConfirmed: boolean | null;
  phone: string | null;
  website: string | null;
  /** The package asked for; null for requests of other types. */
  packageId: string | null;
  packageName: string | null;
}

export class OperatorRequestPage {
  items: OperatorRequestDto[];
  nextCursor: string | null;
}

export class RejectRequestDto {
  /**
   * Why; mailed to the partner.
   * @example "We need a website with content of your own."
   */
  @IsText(2000)
  description: string;
}

export class OpenRequestDto {
  @IsIn(OFFERED_KINDS)
  type: OfferedKind;

  /** The package, for `partnership`; the one you have stays yours until the decision. */
  @OnlyWith('type', 'partnership')
  @IsId()
  packageId?: string;

  /** The add-on, for `add_on`. */
  @OnlyWith('type', 'add_on')
  @IsId()
  addOnId?: string;

  /** What the operator should know. */
  @MayBeAbsent()
  @IsString()
  @MaxLength(2000)
  description?: string;
}
