import { Injectable } from '@nestjs/common';
import { Clock, Ids, type Tx } from '../platform/index.js';
import type { Actor } from './actor.js';
import { separatePersonal } from './domain/personal-fields.js';
import { keepPersonal } from './personal-data/log-personal-data.js';

/** Something that was changed. */
export interface AuditRecord {
  /** For example `bill.approve`. */
  action: string;
  /** What was changed; the id is null where it has a code instead of one. */
  subject: { type: string; id: string | null };
  /** Whose partner the change concerns; when left out, the partner that the actor acts for. */
  partnerId?: string | null;
  /** What the change altered, as it was; null when it was made. Ids instead of names and addresses; no secrets. */
  before: object | null;
  /** The same as it is now; null when it was deleted. */
  after: object | null;
}

/** Whom something is open to; null when to everybody. */
export interface NamedPartners {
  before: readonly string[] | null;
  after: readonly string[] | null;
}

/** Who made the change; background work has no request. */
export type AuditActor = Pick<Actor, 'userId' | 'impersonatorId' | 'partnerId'> & {
  impersonation?: { id: string };
  requestId: string | null;
};

/**
 * Writes the audit log: who, as whom, what, before and after; the database refuses changes to it. It cannot be erased
 * either, so people are named by their ids, and what is personal of a partner is kept apart.
 */
@Injectable()
export class AuditLog {
  constructor(
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Adds an entry; it stands or falls with the change it tells of. */
  async record(tx: Tx, actor: AuditActor, record: AuditRecord): Promise<void> {
    await this.recordAll(tx, actor, [record]);
  }

  /** Adds entries about changes that one actor made together, by one statement. */
  async recordAll(tx: Tx, actor: AuditActor, records: readonly AuditRecord[]): Promise<void> {
    const entries = records.map((record) => this.entryOf(actor, record));
    await tx.query(
      `INSERT INTO audit_log (id, actor_user_id, impersonator_id, impersonation_id, partner_id, action, subject_type,
                              subject_id, before, after, request_id, occurred_at)
       SELECT id, $2, $3, $4, partner_id, action, subject_type, subject_id, before, after, $5, $6
         FROM json_to_recordset($1) AS entry (id uuid, partner_id uuid, action text, subject_type text, subject_id uuid,
                                              before jsonb, after jsonb)`,
      [
        asJson(entries.map(({ row }) => row)),
        actor.userId,
        actor.impersonatorId,
        actor.impersonation?.id ?? null,
        actor.requestId,
        this.clock.now(),
      ],
    );
    for (const { row, personal } of entries) {
      if (row.partner_id && personal) await keepPersonal(tx, row.id, row.partner_id, personal);
    }
  }

  /**
   * Adds an entry about something that is open to named partners only, and one for each of them, which stands in the
   * log that it reads: with what was and is open to it, and without the names of the others.
   */
  async recordNamed(
    tx: Tx,
    actor: AuditActor,
    { before, after, ...record }: Omit<AuditRecord, 'partnerId'>,
    named: NamedPartners,
  ): Promise<void> {
    const whole = {
      ...record,
      before: before && { ...before, partnerIds: named.before ?? [] },
      after: after && { ...after, partnerIds: named.after ?? [] },
    };
    const partnerIds = [...new Set([...(named.before ?? []), ...(named.after ?? [])])];
    const open = (to: readonly string[] | null, partnerId: string) => to === null || to.includes(partnerId);
    const own = partnerIds.map((partnerId) => ({
      ...record,
      partnerId,
      before: open(named.before, partnerId) ? before : null,
      after: open(named.after, partnerId) ? after : null,
    }));
    await this.recordAll(tx, actor, [whole, ...own]);
  }

  private entryOf(actor: AuditActor, { action, subject, partnerId, before, after }: AuditRecord) {
    const concerned = partnerId ?? actor.partnerId;
    // Only partners are erased: entries that concern none stay whole.
    const [was, is] = [before, after].map((side) => (concerned && side ? separatePersonal(side) : null));
    return {
      row: {
        id: this.ids.next(),
        partner_id: concerned,
        action,
        subject_type: subject.type,
        subject_id: subject.id,
        before: was?.plain ?? before,
        after: is?.plain ?? after,
      },
      personal:
        was?.personal || is?.personal ? { before: was?.personal ?? {}, after: is?.personal ?? {} } : null,
    };
  }
}

/** Amounts may be bigint, which JSON does not know. */
function asJson(value: object): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item));
}
