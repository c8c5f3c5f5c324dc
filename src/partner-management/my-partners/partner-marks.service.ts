import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Actor, AuditLog } from '../../identity/index.js';
import { invalidField, notFound, type Tx } from '../../platform/index.js';
import { MAX_GROUPS } from './my-partners.dto.js';

/** What operators keep with a partner for themselves. */
interface Marks {
  readonly invoiceId: string | null;
  readonly groups: readonly string[];
}

/** The marks by which operators know their partners (O08): the id in their billing system, and groups. */
@Injectable()
export class PartnerMarks {
  constructor(
    private readonly dataSource: DataSource,
    private readonly auditLog: AuditLog,
  ) {}

  /** The names of all groups, with how many partners are in each. */
  groups(): Promise<{ name: string; partnersCount: number }[]> {
    return this.dataSource.query(
      `SELECT g.name, count(*)::int AS "partnersCount" FROM partners, unnest(groups) AS g (name)
        GROUP BY g.name ORDER BY g.name`,
    );
  }

  /** Changes what is given. @throws DomainError NOT_FOUND, also for an erased partner */
  async change(
    tx: Tx,
    actor: Actor,
    partnerId: string,
    { invoiceId, groups }: Partial<Marks>,
  ): Promise<void> {
    await this.mark(tx, actor, partnerId, (before) => ({
      invoiceId: invoiceId === undefined ? before.invoiceId : invoiceId,
      groups: groups ?? before.groups,
    }));
  }

  /** @throws DomainError NOT_FOUND, VALIDATION_FAILED (422) for a partner that is in too many groups already */
  async addGroup(tx: Tx, actor: Actor, partnerId: string, group: string): Promise<void> {
    await this.mark(tx, actor, partnerId, ({ groups, ...rest }) => ({ ...rest, groups: [...groups, group] }));
  }

  /** @throws DomainError NOT_FOUND */
  async removeGroup(tx: Tx, actor: Actor, partnerId: string, group: string): Promise<void> {
    await this.mark(tx, actor, partnerId, ({ groups, ...rest }) => ({
      ...rest,
      groups: groups.filter((one) => one !== group),
    }));
  }

  private async mark(
    tx: Tx,
    actor: Actor,
    partnerId: string,
    change: (before: Marks) => Marks,
  ): Promise<void> {
    const [before] = await tx.query<Marks[]>(
      `SELECT invoice_id AS "invoiceId", groups FROM partners WHERE id = $1 AND state <> 'erased' FOR NO KEY UPDATE`,
      [partnerId],
    );
    if (!before) throw notFound('partner');
    const changed = change(before);
    const after: Marks = { ...changed, groups: [...new Set(changed.groups)].sort() };
    if (after.groups.length > MAX_GROUPS)
      throw invalidField('group', `a partner is in ${MAX_GROUPS} at most`);
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    await tx.query('UPDATE partners SET invoice_id = $2, groups = $3 WHERE id = $1', [
      partnerId,
      after.invoiceId,
      after.groups,
    ]);
    await this.auditLog.record(tx, actor, {
      action: 'partner.mark',
      subject: { type: 'partner', id: partnerId },
      partnerId,
      before,
      after,
    });
  }
}
