import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Outbox, type OutboxEvent, type Tx } from '../platform/index.js';
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

/**
 * The log of events that partners see. Every room records here, with the transaction of the change; the outbox
 * brings the event into the log, once, under the outbox's id. The database refuses changes to the log.
 * What is personal in an event is kept beside both, so that it can be erased.
 */
@Injectable()
export class EventLog implements OnModuleInit {
  constructor(private readonly outbox: Outbox) {}

  onModuleInit(): void {
    this.outbox.consume<LoggedEvent>('event-log', PARTNER_EVENT, (tx, event) => this.write(tx, event));
  }

  /**
   * Records an event; it stands or falls with the change it tells of.
   * @param actor who did it; null when the program itself did
   * @throws Error when its facts are not those of the catalogue
   */
  async record<T extends EventType>(tx: Tx, actor: ActingUser | null, event: PartnerEvent<T>): Promise<void> {
    const faults = eventFaults(event.type, event.data);
    if (faults.length > 0) throw new Error(`Event ${event.type}: ${JSON.stringify(faults)}`);
    const by = actor && { userId: actor.userId, impersonatorId: actor.impersonatorId };
    const { plain, personal } = separateFacts(EVENT_CATALOGUE[event.type].facts, event.data);
    const id = await this.outbox.publish(tx, PARTNER_EVENT, { ...event, data: plain, actor: by });
    if (personal) await keepPersonal(tx, id, event.partnerId, personal);
  }

  private async write(tx: Tx, { id, occurredAt, payload }: OutboxEvent<LoggedEvent>): Promise<void> {
    await tx.query(
      `INSERT INTO event_log (id, partner_id, type, actor_user_id, impersonator_id, subject_type, subject_id, data,
                              occurred_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        id,
        payload.partnerId,
        payload.type,
        payload.actor?.userId,
        payload.actor?.impersonatorId,
        EVENT_CATALOGUE[payload.type].subject,
        payload.subjectId,
        JSON.stringify(payload.data),
        occurredAt,
      ],
    );
  }
}
