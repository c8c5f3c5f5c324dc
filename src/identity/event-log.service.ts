import { Injectable } from '@nestjs/common';
import { Clock, Ids, type Tx } from '../platform/index.js';
import { separatePersonal } from './domain/personal-fields.js';
import { keepPersonal } from './personal-data/log-personal-data.js';

/** Something that happened in a partner's profile, for its people to see (A29). */
export interface PartnerEvent {
  partnerId: string;
  /** For example `bill_approved`. */
  type: string;
  actorUserId: string | null;
  subject: { type: string; id: string | null };
  /** What the detail page shows; no secrets. */
  data: object;
}

/** Writes the log of events that partners see; the database refuses changes to it. */
@Injectable()
export class EventLog {
  constructor(
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Adds an event; it stands or falls with the change it tells of. What is personal in it is kept apart. */
  async record(tx: Tx, event: PartnerEvent): Promise<void> {
    const id = this.ids.next();
    const { plain, personal } = separatePersonal(event.data);
    await tx.query(
      `INSERT INTO event_log (id, partner_id, type, actor_user_id, subject_type, subject_id, data, occurred_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        id,
        event.partnerId,
        event.type,
        event.actorUserId,
        event.subject.type,
        event.subject.id,
        JSON.stringify(plain),
        this.clock.now(),
      ],
    );
    if (personal) await keepPersonal(tx, id, event.partnerId, personal);
  }
}
