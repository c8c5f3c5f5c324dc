import { IsString, Length } from 'class-validator';
import { IsId, MayBeAbsent, TimeRangeQuery } from '../platform/index.js';

/** Filters of the audit log. */
export class AuditQuery extends TimeRangeQuery {
  /** Only what was done by this user, or by an operator as this user. */
  @MayBeAbsent()
  @IsId()
  actorUserId?: string;

  /** Only what this operator did as somebody else. */
  @MayBeAbsent()
  @IsId()
  impersonatorId?: string;

  /** Only what concerns this partner. */
  @MayBeAbsent()
  @IsId()
  partnerId?: string;

  /**
   * Only this action.
   * @example "bill.approve"
   */
  @MayBeAbsent()
  @IsString()
  @Length(1, 100)
  action?: string;

  /**
   * Only what was done to things of this type.
   * @example "bill"
   */
  @MayBeAbsent()
  @IsString()
  @Length(1, 100)
  subjectType?: string;

  /** Only what was done to this thing. */
  @MayBeAbsent()
  @IsId()
  subjectId?: string;

  /** Only what this request did: the `X-Request-Id` of its answer. */
  @MayBeAbsent()
  @IsString()
  @Length(1, 200)
  requestId?: string;
}

/** Something that was changed in the program. */
export class AuditEntryDto {
  id: string;
  /** Who did it, or as whom it was done. */
  actorUserId: string;
  /** E-mail of the actor today. */
  actorEmail: string;
  /** The operator who really acted, when one acted as the actor. */
  impersonatorId: string | null;
  /** E-mail of that operator today. */
  impersonatorEmail: string | null;
  /** The impersonation under which it was done. */
  impersonationId: string | null;
  /** Partner that the change concerns. */
  partnerId: string | null;
  /** @example "bill.approve" */
  action: string;
  /** @example "bill" */
  subjectType: string;
  subjectId: string | null;
  /** What the change altered, as it was; null when it was made. */
  before: Record<string, unknown> | null;
  /** The same afterwards; null when it was deleted. */
  after: Record<string, unknown> | null;
  /** The `X-Request-Id` of the request that did it. */
  requestId: string | null;
  occurredAt: Date;
}

export class AuditPage {
  items: AuditEntryDto[];
  nextCursor: string | null;
}
