import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog, EventLog, PartnerMails } from '../../identity/index.js';
import { Clock, type Tx } from '../../platform/index.js';
import { PartnerRequests } from '../requests/partner-requests.service.js';
import { type Db, getAnyBroadcast, requireMove } from './broadcast-rows.js';
import type { OperatorBroadcastDto } from './broadcasts.dto.js';

/** What operators do with any partner's broadcast, beyond deciding its request (O04). */
@Injectable()
export class OperatorBroadcasts {
  constructor(
    private readonly requests: PartnerRequests,
    private readonly auditLog: AuditLog,
    private readonly eventLog: EventLog,
    private readonly mails: PartnerMails,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError NOT_FOUND */
  get(db: Db, id: string): Promise<OperatorBroadcastDto> {
    return getAnyBroadcast(db, id);
  }

  /**
   * Ends a broadcast, also while it is being sent; the reason is mailed to the partner's owners. One that waits for its
   * approval is rejected.
   * @throws DomainError NOT_FOUND, BROADCAST_STATE_CONFLICT (409), REQUEST_ALREADY_DECIDED (409)
   */
  async cancel(tx: Tx, actor: Actor, id: string, reason: string): Promise<OperatorBroadcastDto> {
    const { state, partnerId, title, requestId } = await getAnyBroadcast(tx, id);
    if (state === 'pending' && requestId !== null) {
      await this.requests.reject(tx, actor, 'broadcast', requestId, reason);
      return getAnyBroadcast(tx, id);
    }
    const was = await requireMove(tx, id, 'cancel', { at: this.clock.now(), endReason: reason });
    await this.auditLog.record(tx, actor, {
      action: 'broadcast.cancel',
      subject: { type: 'broadcast', id },
      partnerId,
      before: { state: was },
      after: { state: 'cancelled', reason },
    });
    await this.eventLog.record(tx, actor, {
      partnerId,
      type: 'broadcast_cancelled',
      subjectId: id,
      data: { reason },
    });
    await this.mails.sendToOwners(tx, partnerId, {
      subject: 'Your broadcast was cancelled',
      text: `the program cancelled your broadcast "${title}":\n\n${reason}`,
    });
    return getAnyBroadcast(tx, id);
  }
}
