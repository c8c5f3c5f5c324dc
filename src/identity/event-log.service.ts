import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { Ids, Outbox, type Tx, uuidV7Floor } from '../platform/index.js';
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

export type LoggedEvent = PartnerEvent<EventType> & { actor: ActingUser | null };

/** Outbox event that brings an event to the log, and to whoever else is interested. */
export const PARTNER_EVENT = 'identity.partner_event';

/** The same for events that were recorded together. */
export const PARTNER_EVENTS = 'identity.partner_events';

/** Payload of {@link PARTNER_EVENTS}. */
export interface LoggedEvents {
  readonly events: readonly (LoggedEvent & { readonly id: string })[];
}

/** Events that travel as one message. */
const EVENTS_AT_ONCE = 200;

/**
 * The log of events that partners see. Every room records here, with the transaction of the change; the outbox
 * brings the event into the log, once, under the outbox's id. The database refuses changes to the log.
 * What is personal in an event is kept beside both, so that it can be erased.
 */
@Injectable()
export class EventLog implements OnModuleInit {
  constructor(
    private readonly outbox: Outbox,
    private readonly ids: Ids,
  ) {}

  onModuleInit(): void {
    this.outbox.consume<LoggedEvent>('event-log', PARTNER_EVENT, (tx, { id, occurredAt, payload }) =>
      write(tx, [{ ...payload, id }], occurredAt),
    );
    this.outbox.consume<LoggedEvents>('event-log-lists', PARTNER_EVENTS, (tx, { occurredAt, payload }) =>
      write(tx, payload.events, occurredAt),
    );
  }

  /**
   * Records an event; it stands or falls with the change it tells of.
   * @param actor who did it; null when the program itself did
   * @throws Error when its facts are not those of the catalogue
   */
  async record<T extends EventType>(tx: Tx, actor: ActingUser | null, event: PartnerEvent<T>): Promise<void> {
    const { logged, personal } = loggedEvent(actor, event);
    const id = await this.outbox.publish(tx, PARTNER_EVENT, logged);
    if (personal) await keepPersonal(tx, id, event.partnerId, personal);
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

  /** Records events of one actor that happened together; they travel as few messages. @throws as {@link record} */
  async recordAll<T extends EventType>(
    tx: Tx,
    actor: ActingUser | null,
    events: readonly PartnerEvent<T>[],
  ): Promise<void> {
    const all = events.map((event) => ({ id: this.ids.next(), ...loggedEvent(actor, event) }));
    for (let first = 0; first < all.length; first += EVENTS_AT_ONCE) {
      const some = all.slice(first, first + EVENTS_AT_ONCE).map(({ id, logged }) => ({ ...logged, id }));
      await this.outbox.publish(tx, PARTNER_EVENTS, { events: some } satisfies LoggedEvents);
    }
    for (const { id, logged, personal } of all) {
      if (personal) await keepPersonal(tx, id, logged.partnerId, personal);
    }
  }
}

/** The event as it travels, and what of it stays behind. @throws Error when its facts are not those of the catalogue */
function loggedEvent<T extends EventType>(actor: ActingUser | null, event: PartnerEvent<T>) {
  const faults = eventFaults(event.type, event.data);
  if (faults.length > 0) throw new Error(`Event ${event.type}: ${JSON.stringify(faults)}`);
  const by = actor && { userId: actor.userId, impersonatorId: actor.impersonatorId };
  const { plain, personal } = separateFacts(EVENT_CATALOGUE[event.type].facts, event.data);
  return { logged: { ...event, data: plain, actor: by } as LoggedEvent, personal };
}

async function write(tx: Tx, events: LoggedEvents['events'], occurredAt: string): Promise<void> {
  const rows = events.map(({ id, partnerId, type, actor, subjectId, data }) => ({
    id,
    partner_id: partnerId,
    type,
    actor_user_id: actor?.userId ?? null,
    impersonator_id: actor?.impersonatorId ?? null,
    subject_type: EVENT_CATALOGUE[type].subject,
    subject_id: subjectId,
    data,
  }));
  await tx.query(
    `INSERT INTO event_log (id, partner_id, type, actor_user_id, impersonator_id, subject_type, subject_id, data,
                            occurred_at)
     SELECT id, partner_id, type, actor_user_id, impersonator_id, subject_type, subject_id, data, $2
       FROM json_to_recordset($1) AS event (id uuid, partner_id uuid, type text, actor_user_id uuid,
                                            impersonator_id uuid, subject_type text, subject_id uuid, data jsonb)`,
    [JSON.stringify(rows), occurredAt],
  );
}
