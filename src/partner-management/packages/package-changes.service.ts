import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog, EventLog } from '../../identity/index.js';
import { invalidField, notFound, type Tx } from '../../platform/index.js';
import { partnerStateConflict } from '../partner-management.errors.js';

/** Gives partners their package; what they have made stays, also where the new one allows less. */
@Injectable()
export class PackageChanges {
  constructor(
    private readonly auditLog: AuditLog,
    private readonly eventLog: EventLog,
  ) {}

  /**
   * Gives a partner who has a package another one that is on offer.
   * @throws DomainError NOT_FOUND, PARTNER_STATE_CONFLICT (409) for one that has none, VALIDATION_FAILED (422)
   */
  async assign(tx: Tx, actor: Actor, partnerId: string, packageId: string): Promise<void> {
    const offered = await tx.query<unknown[]>('SELECT FROM packages WHERE id = $1 AND active', [packageId]);
    if (offered.length === 0) throw invalidField('packageId', 'is not a package that can be applied for');
    const [partner] = await tx.query<{ state: string }[]>(
      'SELECT state FROM partners WHERE id = $1 FOR NO KEY UPDATE',
      [partnerId],
    );
    if (!partner) throw notFound('partner');
    if (!['active', 'suspended'].includes(partner.state)) throw partnerStateConflict('given another package');
    await this.change(tx, actor, partnerId, packageId);
  }

  /**
   * Changes a partner's package; nothing happens when it has it already. The partner's row is locked then.
   * @throws DomainError NOT_FOUND for the partner
   */
  async change(tx: Tx, actor: Actor, partnerId: string, packageId: string): Promise<void> {
    const [partner] = await tx.query<{ packageId: string | null }[]>(
      'SELECT package_id AS "packageId" FROM partners WHERE id = $1 FOR NO KEY UPDATE',
      [partnerId],
    );
    if (!partner) throw notFound('partner');
    if (partner.packageId === packageId) return;
    await tx.query('UPDATE partners SET package_id = $2 WHERE id = $1', [partnerId, packageId]);
    // Of the first one the approved request tells.
    if (partner.packageId === null) return;
    await this.auditLog.record(tx, actor, {
      action: 'partner.change_package',
      subject: { type: 'partner', id: partnerId },
      partnerId,
      before: { packageId: partner.packageId },
      after: { packageId },
    });
    const [{ name }] = await tx.query<[{ name: string }]>('SELECT name FROM packages WHERE id = $1', [
      packageId,
    ]);
    await this.eventLog.record(tx, actor, {
      partnerId,
      type: 'package_changed',
      subjectId: partnerId,
      data: { packageId, packageName: name },
    });
  }
}
