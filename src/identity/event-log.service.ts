import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { Clock, Ids, Outbox, type Tx, uuidV7Floor } from '../platform/index.js';
import type { ActingUser } from './actor.js';
import { EVENT_CATALOGUE, type EventData, eventFaults, type EventType } from './domain/event-catalogue.js';
import { separateFacts } from './domain/event-facts.js';
import { keepPersonal } from './personal-data/log-personal-data.js';

/** Something that happened in a partner's profile, for its people to see (A29). */
export interface PartnerEvent<T extends EventType> {
  partnerId: string;
  type: T;
  /** What it happened to, of the kind that the catalogue names. */
  subjectId: string | null;
  /** The facts that the catalogue names for the type. */
  data: EventData<T>;
}

/** An event as the log has it. */
export interface LoggedEvent extends PartnerEvent<EventType> {
  id: string;
  occurredAt: Date;
}

/** Outbox event about events that are in the log now: whoever is interested reads them there ({@link EventLog.read}). */
export const PARTNER_EVENTS = 'identity.logged_events';

/** Payload of {@link PARTNER_EVENTS}. */
export interface LoggedEvents {
  readonly eventIds: readonly string[];
}

/** Events that are told of by one message. */
const EVENTS_AT_ONCE = 500;

/**
 * The log of events that partners see. Every room records here, with the transaction of the change; the outbox tells
 * those who pass events on. The database refuses changes to the log. What is personal in an event is kept beside it,
 * so that it can be erased.
 */
@Injectable()
export class EventLog {
  constructor(
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Records an event; it stands or falls with the change it tells of.
   * @param actor who did it; null when the program itself did
   * @throws Error when its facts are not those of the catalogue
   */
  async record<T extends EventType>(tx: Tx, actor: ActingUser | null, event: PartnerEvent<T>): Promise<void> {
    await this.recordAll(tx, actor, [event]);
  }

  /** The events with these ids, in their order of time; those that there are not are left out. */
  async read(db: EntityManager, ids: readonly string[]): Promise<LoggedEvent[]> {
    return db.query<LoggedEvent[]>(
      `SELECT id, partner_id AS "partnerId", type, subject_id AS "subjectId", data, occurred_at AS "occurredAt"
         FROM event_log WHERE id = ANY ($1) ORDER BY id`,
      [ids],
    );
  }

  /**
   * Which of the partners had an event of the type in their time that none of the other type undid.
   * @param spans half-open; each partner at most once
   */
  async had(
    db: EntityManager | DataSource,
    spans: readonly { partnerId: string; from: Date; before: Date }[],
    { type, undoneBy }: { type: EventType; undoneBy: EventType },
  ): Promise<ReadonlySet<string>> {
    const rows = await db.query<{ id: string }[]>(
      `SELECT s.id FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS s (id, first_id, end_id)
        WHERE EXISTS (
          SELECT FROM event_log e
           WHERE e.partner_id = s.id AND e.id >= s.first_id AND e.id < s.end_id AND e.type = $4
             AND NOT EXISTS (SELECT FROM event_log u WHERE u.partner_id = s.id AND u.id > e.id AND u.type = $5
                                AND u.subject_id = e.subject_id))`,
      [
        spans.map(({ partnerId }) => partnerId),
        spans.map(({ from }) => uuidV7Floor(from)),
        spans.map(({ before }) => uuidV7Floor(before)),
        type,
        undoneBy,
      ],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Records events of one actor that happened together, by few statements. @throws as {@link record} */
  async recordAll<T extends EventType>(
    tx: Tx,
    actor: ActingUser | null,
    events: readonly PartnerEvent<T>[],
  ): Promise<void> {
    const entries = events.map((event) => entryOf(this.ids.next(), event));
    if (entries.length === 0) return;
    await tx.query(
      `INSERT INTO event_log (id, partner_id, type, actor_user_id, impersonator_id, subject_type, subject_id, data,
                              occurred_at)
       SELECT id, partner_id, type, $2, $3, subject_type, subject_id, data, $4
         FROM json_to_recordset($1) AS event (id uuid, partner_id uuid, type text, subject_type text, subject_id uuid,
                                              data jsonb)`,
      [
        JSON.stringify(entries.map(({ row }) => row)),
        actor?.userId ?? null,
        actor?.impersonatorId ?? null,
        this.clock.now(),
      ],
    );
    for (const { row, personal } of entries) {
      if (personal) await keepPersonal(tx, row.id, row.partner_id, personal);
    }
    for (let first = 0; first < entries.length; first += EVENTS_AT_ONCE) {
      const eventIds = entries.slice(first, first + EVENTS_AT_ONCE).map(({ row }) => row.id);
      await this.outbox.publish(tx, PARTNER_EVENTS, { eventIds } satisfies LoggedEvents);
    }
  }
}

/** The event's row, and what of it is kept beside it. @throws Error when its facts are not those of the catalogue */
function entryOf<T extends EventType>(id: string, { partnerId, type, subjectId, data }: PartnerEvent<T>) {
  const faults = eventFaults(type, data);
  if (faults.length > 0) throw new Error(`Event ${type}: ${JSON.stringify(faults)}`);
  const { subject, facts } = EVENT_CATALOGUE[type];
  const { plain, personal } = separateFacts(facts, data);
  const row = { id, partner_id: partnerId, type, subject_type: subject, subject_id: subjectId, data: plain };
  return { row, personal };
}
