import { IsIn } from 'class-validator';
import { type ImpersonationLogEntry, LOG_KINDS, type LogKind } from '../identity/index.js';
import { IsId, IsText, MayBeAbsent, PageQuery } from '../platform/index.js';

export class ImpersonateDto {
  /**
   * Why; mailed to the partner's owners and shown in its impersonation log.
   * @example "The partner asked for help with its first campaign."
   */
  @IsText(500)
  reason: string;
}

export class ImpersonationTokenResponse {
  /** Acts as the partner's owner; cannot be refreshed. */
  accessToken: string;
  /**
   * Seconds until the impersonation ends at the latest.
   * @example 1800
   */
  expiresIn: number;
}

/** An impersonation that is over. */
export class EndedImpersonationResponse {
  id: string;
  partnerId: string;
  startedAt: Date;
  endedAt: Date;
}

export class ImpersonationLogQuery extends PageQuery {
  /**
   * Only entries of this kind: an impersonation's `start` or `end`, a `write` while impersonating, or a `change` by an
   * operator in its own name.
   */
  @MayBeAbsent()
  @IsIn(LOG_KINDS)
  kind?: LogKind;

  /** Only entries of this impersonation. */
  @MayBeAbsent()
  @IsId()
  impersonationId?: string;
}

export class OperatorRefDto {
  /** @example "Olga Operator" */
  name: string;
  /** @example "manager" */
  role: string;
}

/** An impersonation as the partner sees it. */
export class ImpersonationRefDto {
  id: string;
  reason: string;
  startedAt: Date;
  /** At the latest. */
  endsAt: Date;
  /** Null while it runs. */
  endedAt: Date | null;
  /**
   * `exit` by the operator, `time` when it was over, `revocation` when something it needs was taken away.
   * @example "exit"
   */
  endedBy: string | null;
}

/** Something an operator did in the partner's place or to the partner. */
export class ImpersonationLogEntryDto {
  id: string;
  occurredAt: Date;
  kind: LogKind;
  operator: OperatorRefDto;
  /** Set for all but a `change`. */
  impersonation: ImpersonationRefDto | null;
  /** @example "partner.suspend" */
  action: string;
  /** @example "partner" */
  subjectType: string;
  subjectId: string | null;
  before: Record<string, unknown> | null;
  /** Of a `write`: method, path, names of the fields sent, and the id of what was made or changed. */
  after: Record<string, unknown> | null;
}

export class ImpersonationLogPage {
  items: ImpersonationLogEntryDto[];
  nextCursor: string | null;
}

/** An entry as the API shows it. */
export function toLogEntryDto(entry: ImpersonationLogEntry): ImpersonationLogEntryDto {
  const { operatorName, operatorRole, impersonation, ...rest } = entry;
  return {
    ...rest,
    operator: { name: operatorName, role: operatorRole },
    impersonation: impersonation && {
      ...impersonation,
      startedAt: new Date(impersonation.startedAt),
      endsAt: new Date(impersonation.endsAt),
      endedAt: impersonation.endedAt === null ? null : new Date(impersonation.endedAt),
    },
  };
}
