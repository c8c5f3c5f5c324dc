import { Injectable } from '@nestjs/common';
import { Clock, Ids, type Tx } from '../platform/index.js';
import type { Actor } from './actor.js';

/** Something an operator changed. */
export interface AuditRecord {
  actor: Actor;
  /** For example `bill.approve`. */
  action: string;
  subjectType: string;
  subjectId: string | null;
  before?: object | null;
  after?: object | null;
}

/** Writes the operators' audit log: who, as whom, what, before and after; the database refuses changes to it. */
@Injectable()
export class AuditLog {
  constructor(
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Adds an entry; it stands or falls with the change it tells of. */
  async record(tx: Tx, { actor, action, subjectType, subjectId, before, after }: AuditRecord): Promise<void> {
    await tx.query(
      `INSERT INTO audit_log (id, actor_user_id, impersonator_id, action, subject_type, subject_id, before, after,
                              request_id, occurred_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        this.ids.next(),
        actor.userId,
        actor.impersonatorId,
        action,
        subjectType,
        subjectId,
        asJson(before),
        asJson(after),
        actor.requestId,
        this.clock.now(),
      ],
    );
  }
}

/** Amounts may be bigint, which JSON does not know. */
function asJson(value: object | null | undefined): string | null {
  if (!value) return null;
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item));
}
