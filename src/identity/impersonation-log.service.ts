import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { idOfCursor, type Page, toPage } from '../platform/index.js';
import { type PartnerActor, selfOf } from './actor.js';
import { KEPT_FROM_PARTNERS, readableActions, WORDS_ABOUT_PEOPLE } from './domain/log-readers.js';
import { auditData } from './personal-data/log-personal-data.js';

export const LOG_KINDS = ['start', 'write', 'end', 'change'] as const;

/**
 * What an operator did: began to act in the partner's place, wrote something there, ended it, or changed something of
 * the partner as itself.
 */
export type LogKind = (typeof LOG_KINDS)[number];

/** Something an operator did in a partner's place or to the partner. */
export interface ImpersonationLogEntry {
  id: string;
  kind: LogKind;
  operatorName: string;
  operatorRole: string;
  action: string;
  subjectType: string;
  subjectId: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  occurredAt: Date;
  impersonation: {
    id: string;
    reason: string;
    startedAt: string;
    endsAt: string;
    endedAt: string | null;
    endedBy: string | null;
  } | null;
}

interface LogFilter {
  kind?: LogKind;
  impersonationId?: string;
  limit: number;
  cursor?: string;
}

const KIND = `CASE WHEN a.action = 'impersonation.start' THEN 'start' WHEN a.action = 'impersonation.end' THEN 'end'
  WHEN a.impersonator_id IS NOT NULL THEN 'write' ELSE 'change' END`;

/** `before` or `after` without operators' own words about people, which are the ninth parameter. */
const shown = (side: 'before' | 'after'): string =>
  `(${auditData(side)}) - CASE WHEN a.subject_type = 'user' THEN $9::text[] ELSE '{}' END`;

/** The audit log as the partner sees it: what operators did in its place and to it (B11). */
@Injectable()
export class ImpersonationLog {
  constructor(private readonly dataSource: DataSource) {}

  /** A page of those of the partner's entries that the actor may read, newest first; of what is about itself, all. */
  async list(actor: PartnerActor, filter: LogFilter): Promise<Page<ImpersonationLogEntry>> {
    const { kind, impersonationId, limit, cursor } = filter;
    const rows = await this.dataSource.query<ImpersonationLogEntry[]>(
      `SELECT a.id, ${KIND} AS kind, op.name AS "operatorName", m.role AS "operatorRole", a.action,
              a.subject_type AS "subjectType", a.subject_id AS "subjectId", ${shown('before')} AS before,
              ${shown('after')} AS after,
              a.occurred_at AS "occurredAt",
              CASE WHEN i.id IS NOT NULL THEN jsonb_build_object('id', i.id, 'reason', i.reason,
                'startedAt', i.started_at, 'endsAt', i.ends_at, 'endedAt', i.ended_at, 'endedBy', i.ended_by) END
                AS impersonation
         FROM audit_log a
         JOIN users op ON op.id = coalesce(a.impersonator_id, a.actor_user_id)
         JOIN memberships m ON m.user_id = op.id AND m.realm = 'operator'
         LEFT JOIN impersonations i ON i.id = a.impersonation_id
        WHERE a.partner_id = $1 AND a.action <> ALL ($8) AND ($2::text IS NULL OR ${KIND} = $2)
          AND ($3::uuid IS NULL OR a.impersonation_id = $3) AND ($4::uuid IS NULL OR a.id < $4)
          AND ($6::text[] IS NULL OR split_part(a.action, '.', 1) = ANY ($6)
            OR a.subject_type = 'user' AND a.subject_id = $7)
        ORDER BY a.id DESC LIMIT $5`,
      [
        ...[actor.partnerId, kind ?? null, impersonationId ?? null, idOfCursor(cursor), limit + 1],
        ...[readableActions(actor.permissions), selfOf(actor), KEPT_FROM_PARTNERS, WORDS_ABOUT_PEOPLE],
      ],
    );
    return toPage(rows, limit, ({ id }) => [id]);
  }
}
