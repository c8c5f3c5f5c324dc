import { IsUUID } from 'class-validator';
import { MayBeAbsent, PageQuery } from '../platform/index.js';

/** Something that happened in the partner's profile. */
export class EventDto {
  id: string;
  /** @example "bill_approved" */
  type: string;
  actorUserId: string | null;
  /** @example "bill" */
  subjectType: string;
  subjectId: string | null;
  /** Amounts, methods and the like, by type of event. */
  data: Record<string, unknown>;
  occurredAt: Date;
}

export class EventPage {
  items: EventDto[];
  nextCursor: string | null;
}

/** Something that was changed in the program. */
export class AuditEntryDto {
  id: string;
  actorUserId: string;
  /** E-mail of the actor. */
  actorEmail: string;
  impersonatorId: string | null;
  /** @example "bill.approve" */
  action: string;
  subjectType: string;
  subjectId: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  requestId: string | null;
  occurredAt: Date;
}

export class AuditPage {
  items: AuditEntryDto[];
  nextCursor: string | null;
}

export class AuditQuery extends PageQuery {
  /** Only what was done to this thing. */
  @MayBeAbsent()
  @IsUUID()
  subjectId?: string;
}
