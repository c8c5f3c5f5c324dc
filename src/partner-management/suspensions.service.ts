import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog, EventLog, PartnerAccess, PartnerMails } from '../identity/index.js';
import type { Tx } from '../platform/index.js';
import { partnerStateConflict } from './partner-management.errors.js';
import type { PartnerDto } from './partners.dto.js';
import { Partners } from './partners.service.js';
import { SuspensionBook } from './suspension-book.js';

/**
 * Suspending partners and taking them back (O08). A suspended partner signs in and reads what it earned, and does
 * nothing else; its links go on leading visitors to the brands. Whatever happens in that time earns it nothing.
 */
@Injectable()
export class Suspensions {
  constructor(
    private readonly partners: Partners,
    private readonly book: SuspensionBook,
    private readonly access: PartnerAccess,
    private readonly auditLog: AuditLog,
    private readonly eventLog: EventLog,
    private readonly mails: PartnerMails,
  ) {}

  /**
   * Closes a partner's work from this moment on; what was earned stays. The reason is mailed to its owners.
   * @throws DomainError NOT_FOUND, PARTNER_STATE_CONFLICT (409)
   */
  async suspend(tx: Tx, actor: Actor, partnerId: string, reason: string): Promise<PartnerDto> {
    const partner = await this.move(tx, partnerId, 'active', 'suspended');
    await this.book.begin(tx, actor, partnerId, reason);
    await this.auditLog.record(tx, actor, {
      action: 'partner.suspend',
      subject: { type: 'partner', id: partnerId },
      partnerId,
      before: { state: 'active' },
      after: { state: 'suspended', reason },
    });
    await this.eventLog.record(tx, actor, {
      partnerId,
      type: 'partner_suspended',
      subjectId: partnerId,
      data: { reason },
    });
    await this.mails.sendToOwners(tx, partnerId, {
      subject: 'Your partnership is suspended',
      text:
        `your partnership is suspended:\n\n${reason}\n\nFrom now on nothing is earned; what you earned before stays ` +
        'yours. You can still sign in and see your bills and your wallet.',
    });
    return partner;
  }

  /** Opens it again: from this moment on it earns. @throws DomainError NOT_FOUND, PARTNER_STATE_CONFLICT (409) */
  async reactivate(tx: Tx, actor: Actor, partnerId: string): Promise<PartnerDto> {
    const partner = await this.move(tx, partnerId, 'suspended', 'active');
    await this.book.end(tx, actor, partnerId);
    await this.auditLog.record(tx, actor, {
      action: 'partner.reactivate',
      subject: { type: 'partner', id: partnerId },
      partnerId,
      before: { state: 'suspended' },
      after: { state: 'active' },
    });
    await this.eventLog.record(tx, actor, {
      partnerId,
      type: 'partner_reactivated',
      subjectId: partnerId,
      data: {},
    });
    await this.mails.sendToOwners(tx, partnerId, {
      subject: 'Your partnership is open again',
      text: 'your partnership is no longer suspended: what happens from now on is earned again.',
    });
    return partner;
  }

  /** Moves the partner and its people; the partner's row is locked then. */
  private async move(
    tx: Tx,
    partnerId: string,
    from: 'active' | 'suspended',
    to: 'active' | 'suspended',
  ): Promise<PartnerDto> {
    const [, count] = await tx.query<[unknown[], number]>(
      'UPDATE partners SET state = $3 WHERE id = $1 AND state = $2',
      [partnerId, from, to],
    );
    const partner = await this.partners.get(tx, partnerId);
    if (count === 0) throw partnerStateConflict(to === 'active' ? 'reactivated' : 'suspended');
    if (to === 'active') await this.access.open(tx, partnerId);
    else await this.access.close(tx, partnerId);
    return partner;
  }
}
