import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { idOfCursor, notFound, type Page, toPage, toTimeRange } from '../platform/index.js';
import { type PartnerActor, selfOf } from './actor.js';
import { EVENT_CATALOGUE, eventSentence, type EventType } from './domain/event-catalogue.js';
import { readableSubjects } from './domain/event-description.js';
import { EventDetails } from './event-details.service.js';
import type { EventActorDto, EventDto, EventsQuery } from './events.dto.js';
import { EVENT_DATA } from './personal-data/log-personal-data.js';

interface EventRow {
  id: string;
  type: EventType;
  actor_user_id: string | null;
  actor_name: string | null;
  actor_kind: EventActorDto['kind'];
  impersonated: boolean;
  subject_type: string;
  subject_id: string | null;
  subject_name: string | null;
  data: Record<string, unknown>;
  occurred_at: Date;
}

/**
 * The partner's events that somebody may read: of the subjects that are open to it, and about itself. Names are those of
 * today: the log itself keeps ids only.
 */
const SELECT = `
  SELECT event_log.*, a.name AS actor_name, impersonator_id IS NOT NULL AS impersonated,
         CASE WHEN m.partner_id = event_log.partner_id THEN 'member'
              WHEN m.realm IN ('operator', 'brand') THEN m.realm ELSE 'system' END AS actor_kind,
         s.name AS subject_name, ${EVENT_DATA} AS data
    FROM event_log
    LEFT JOIN users a ON a.id = actor_user_id
    LEFT JOIN memberships m ON m.user_id = a.id
    LEFT JOIN users s ON s.id = subject_id AND subject_type = 'user'
   WHERE event_log.partner_id = $1
     AND (subject_type = ANY ($2) OR subject_type = 'user' AND subject_id = $3
       OR subject_type = 'user_identity' AND actor_user_id = $3)
`;

/** The event log as the partner's people read it (A29). */
@Injectable()
export class PartnerEvents {
  constructor(
    private readonly dataSource: DataSource,
    private readonly details: EventDetails,
  ) {}

  /** A page of those of the partner's events that the actor may read, newest first. */
  async list(actor: PartnerActor, query: EventsQuery): Promise<Page<EventDto>> {
    const { from, before } = toTimeRange(query);
    const rows = await this.dataSource.query<EventRow[]>(
      `${SELECT} AND ($4::text IS NULL OR type = $4) AND ($5::timestamptz IS NULL OR occurred_at >= $5)
         AND ($6::timestamptz IS NULL OR occurred_at < $6) AND ($7::uuid IS NULL OR event_log.id < $7)
       ORDER BY event_log.id DESC LIMIT $8`,
      [...readBy(actor), query.type, from, before, idOfCursor(query.cursor), query.limit + 1],
    );
    const { items, nextCursor } = toPage(rows, query.limit, ({ id }) => [id]);
    return { items: await this.show(actor, items), nextCursor };
  }

  /** @throws DomainError NOT_FOUND, also for one that the actor may not read */
  async get(actor: PartnerActor, id: string): Promise<EventDto> {
    const rows = await this.dataSource.query<EventRow[]>(`${SELECT} AND event_log.id = $4`, [
      ...readBy(actor),
      id,
    ]);
    const [event] = await this.show(actor, rows);
    if (!event) throw notFound('event');
    return event;
  }

  private async show(actor: PartnerActor, rows: EventRow[]): Promise<EventDto[]> {
    const facts = rows.map(({ data }) => data);
    const told = await this.details.addTo(this.dataSource.manager, actor, facts);
    return rows.map((row, index) => ({
      id: row.id,
      type: row.type,
      title: EVENT_CATALOGUE[row.type].title,
      summary: eventSentence(row.type, row.data, row.subject_name),
      actor: actorOf(row),
      subjectType: row.subject_type,
      subjectId: row.subject_id,
      data: told[index]!,
      occurredAt: row.occurred_at,
    }));
  }
}

/** The first three parameters of the statement. */
function readBy(actor: PartnerActor): unknown[] {
  return [actor.partnerId, readableSubjects(actor.permissions), selfOf(actor)];
}

function actorOf({ actor_user_id, actor_name, actor_kind: kind, impersonated }: EventRow): EventActorDto {
  if (kind === 'member') return { kind, userId: actor_user_id, name: actor_name, impersonated };
  return { kind, userId: null, name: null, impersonated };
}
