import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { type Actor, AuditLog, EventLog } from '../identity/index.js';
import { invalidField, notFound, type Tx } from '../platform/index.js';
import type { PersonalManagerDto } from './personal-managers.dto.js';

/** Operators who can look after partners, to be followed by a condition. */
const OPERATORS = `
  SELECT u.id, u.name, u.email, u.phone FROM users u JOIN memberships m ON m.user_id = u.id
   WHERE m.realm = 'operator' AND u.invited_at IS NULL AND u.blocked_at IS NULL`;

/** Which operator looks after which partner (A21). */
@Injectable()
export class PersonalManagers {
  constructor(
    private readonly auditLog: AuditLog,
    private readonly eventLog: EventLog,
  ) {}

  /** The partner's manager as the partner may write to it; null while there is none, or while it is blocked. */
  async find(db: EntityManager | DataSource, partnerId: string): Promise<PersonalManagerDto | null> {
    const [manager] = await db.query<PersonalManagerDto[]>(
      `${OPERATORS} AND u.id = (SELECT manager_id FROM partners WHERE id = $1)`,
      [partnerId],
    );
    return manager ?? null;
  }

  /**
   * Puts the partner into an operator's care.
   * @param managerId null for nobody's
   * @throws DomainError NOT_FOUND, VALIDATION_FAILED (422) for somebody who is no operator
   */
  async assign(tx: Tx, actor: Actor, partnerId: string, managerId: string | null): Promise<void> {
    const [partner] = await tx.query<{ managerId: string | null }[]>(
      `SELECT manager_id AS "managerId" FROM partners WHERE id = $1 AND state <> 'erased' FOR NO KEY UPDATE`,
      [partnerId],
    );
    if (!partner) throw notFound('partner');
    if (partner.managerId === managerId) return;
    if (managerId !== null) {
      const [operator] = await tx.query<unknown[]>(`${OPERATORS} AND u.id = $1`, [managerId]);
      if (!operator) {
        throw invalidField('managerId', 'must be the id of an operator who has joined and is not blocked');
      }
    }
    await tx.query('UPDATE partners SET manager_id = $2 WHERE id = $1', [partnerId, managerId]);
    await this.auditLog.record(tx, actor, {
      action: 'partner.assign_manager',
      subject: { type: 'partner', id: partnerId },
      partnerId,
      before: { managerId: partner.managerId },
      after: { managerId },
    });
    await (managerId === null
      ? this.eventLog.record(tx, actor, {
          partnerId,
          type: 'manager_removed',
          subjectId: partnerId,
          data: {},
        })
      : this.eventLog.record(tx, actor, {
          partnerId,
          type: 'manager_assigned',
          subjectId: managerId,
          data: {},
        }));
  }
}
