import { Controller, Get, Param, ParseUUIDPipe, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { ApiProblems, idOfCursor, notFound, PageQuery, toPage } from '../platform/index.js';
import { type Actor, CurrentActor, Requires } from './actor.js';
import { auditData, EVENT_DATA } from './personal-data/log-personal-data.js';
import { type AuditEntryDto, AuditPage, AuditQuery, EventDto, EventPage } from './logs.dto.js';

const EVENT_COLUMNS = `id, type, actor_user_id AS "actorUserId", subject_type AS "subjectType",
  subject_id AS "subjectId", ${EVENT_DATA} AS data, occurred_at AS "occurredAt"`;

/** The partner's event log (A29) and the operators' audit log. */
@ApiTags('logs')
@ApiBearerAuth()
@Controller()
export class LogsController {
  constructor(private readonly dataSource: DataSource) {}

  @Get('partner/events')
  @Requires('partner:events:read')
  @ApiOperation({ summary: 'List what happened in your profile, newest first' })
  @ApiOkResponse({ type: EventPage })
  @ApiProblems(400, 401, 403)
  async events(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<EventPage> {
    const rows = await this.dataSource.query<EventDto[]>(
      `SELECT ${EVENT_COLUMNS} FROM event_log
        WHERE partner_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
      [actor.partnerId, query.cursor === undefined ? null : idOfCursor(query.cursor), query.limit + 1],
    );
    return toPage(rows, query.limit, ({ id }) => [id]);
  }

  @Get('partner/events/:id')
  @Requires('partner:events:read')
  @ApiOperation({ summary: 'Show one event' })
  @ApiOkResponse({ type: EventDto })
  @ApiProblems(400, 401, 403, 404)
  async event(@CurrentActor() actor: Actor, @Param('id', ParseUUIDPipe) id: string): Promise<EventDto> {
    const [event] = await this.dataSource.query<EventDto[]>(
      `SELECT ${EVENT_COLUMNS} FROM event_log WHERE partner_id = $1 AND id = $2`,
      [actor.partnerId, id],
    );
    if (!event) throw notFound('event');
    return event;
  }

  @Get('operator/audit-log')
  @Requires('operator:audit-log:read')
  @ApiOperation({ summary: 'List what was changed in the program, newest first' })
  @ApiOkResponse({ type: AuditPage })
  @ApiProblems(400, 401, 403)
  async auditLog(@Query() query: AuditQuery): Promise<AuditPage> {
    const rows = await this.dataSource.query<AuditEntryDto[]>(
      `SELECT a.id, a.actor_user_id AS "actorUserId", u.email AS "actorEmail", a.impersonator_id AS "impersonatorId",
              a.action, a.subject_type AS "subjectType", a.subject_id AS "subjectId", ${auditData('before')} AS before,
              ${auditData('after')} AS after,
              a.request_id AS "requestId", a.occurred_at AS "occurredAt"
         FROM audit_log a JOIN users u ON u.id = a.actor_user_id
        WHERE ($1::uuid IS NULL OR a.subject_id = $1) AND ($2::uuid IS NULL OR a.id < $2)
        ORDER BY a.id DESC LIMIT $3`,
      [
        query.subjectId ?? null,
        query.cursor === undefined ? null : idOfCursor(query.cursor),
        query.limit + 1,
      ],
    );
    return toPage(rows, query.limit, ({ id }) => [id]);
  }
}
