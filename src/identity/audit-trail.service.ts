import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { idOfCursor, notFound, type Page, toPage, toTimeRange, uuidV7Floor } from '../platform/index.js';
import type { AuditEntryDto, AuditQuery } from './audit-log.dto.js';
import { auditData } from './personal-data/log-personal-data.js';

const SELECT = `
  SELECT a.id, a.actor_user_id AS "actorUserId", actor.email AS "actorEmail", a.impersonator_id AS "impersonatorId",
         impersonator.email AS "impersonatorEmail", a.impersonation_id AS "impersonationId", a.partner_id AS "partnerId", a.action, a.subject_type AS "subjectType",
         a.subject_id AS "subjectId", ${auditData('before')} AS before, ${auditData('after')} AS after, a.request_id AS "requestId", a.occurred_at AS "occurredAt"
    FROM audit_log a
    JOIN users actor ON actor.id = a.actor_user_id
    LEFT JOIN users impersonator ON impersonator.id = a.impersonator_id
`;

/** The audit log as operators read it. */
@Injectable()
export class AuditTrail {
  constructor(private readonly dataSource: DataSource) {}

  /** A page of entries, newest first. */
  async list(query: AuditQuery): Promise<Page<AuditEntryDto>> {
    const { from, before } = toTimeRange(query);
    const cursor = idOfCursor(query.cursor);
    const conditions: [string, unknown][] = [
      ['a.actor_user_id =', query.actorUserId],
      ['a.impersonator_id =', query.impersonatorId],
      ['a.partner_id =', query.partnerId],
      ['a.action =', query.action],
      ['a.subject_type =', query.subjectType],
      ['a.subject_id =', query.subjectId],
      ['a.request_id =', query.requestId],
      // Ids grow with the time, and have an index.
      ['a.id >=', from && uuidV7Floor(from)],
      ['a.id <', before && uuidV7Floor(before)],
      ['a.id <', cursor ?? undefined],
    ];
    const asked = conditions.filter(([, value]) => value !== undefined);
    const where = asked.map(([condition], index) => `${condition} $${index + 2}`).join(' AND ') || 'true';
    const rows = await this.dataSource.query<AuditEntryDto[]>(
      `${SELECT} WHERE ${where} ORDER BY a.id DESC LIMIT $1`,
      [query.limit + 1, ...asked.map(([, value]) => value)],
    );
    return toPage(rows, query.limit, ({ id }) => [id]);
  }

  /** @throws DomainError NOT_FOUND */
  async get(id: string): Promise<AuditEntryDto> {
    const [entry] = await this.dataSource.query<AuditEntryDto[]>(`${SELECT} WHERE a.id = $1`, [id]);
    if (!entry) throw notFound('audit log entry');
    return entry;
  }
}
