import { Injectable } from '@nestjs/common';
import { type ActingUser, EventLog, PartnerMails } from '../../identity/index.js';
import { Config, type Tx } from '../../platform/index.js';
import { approvalMail, expiryMail, rejectionMail, type Requested } from '../domain/request-words.js';
import type { PartnerRequest } from './request-kinds.js';

/**
 * Tells a partner what becomes of its requests: in its event log, and where others decided by a mail that always goes out,
 * to the one owner whom the program writes to.
 */
@Injectable()
export class RequestNews {
  constructor(
    private readonly eventLog: EventLog,
    private readonly mails: PartnerMails,
    private readonly config: Config,
  ) {}

  async opened(tx: Tx, actor: ActingUser, request: PartnerRequest): Promise<void> {
    await this.eventLog.record(tx, actor, { ...eventOf(request), type: 'request_opened' });
  }

  async cancelled(tx: Tx, actor: ActingUser, request: PartnerRequest): Promise<void> {
    await this.eventLog.record(tx, actor, { ...eventOf(request), type: 'request_cancelled' });
  }

  /** What the request asks for; to be read before it is approved, which makes the partnership. */
  async requestedBy(tx: Tx, { kind, partnerId }: PartnerRequest): Promise<Requested> {
    if (kind !== 'partnership') return kind;
    const [{ approved }] = await tx.query<[{ approved: boolean }]>(
      'SELECT approved_at IS NOT NULL AS approved FROM partners WHERE id = $1',
      [partnerId],
    );
    return approved ? 'package_change' : kind;
  }

  /** @param requested by {@link requestedBy} */
  async approved(tx: Tx, actor: ActingUser, request: PartnerRequest, requested: Requested): Promise<void> {
    await this.eventLog.record(tx, actor, { ...eventOf(request), type: 'request_approved' });
    await this.mails.sendToContact(
      tx,
      request.partnerId,
      approvalMail(requested, request.title, this.config.publicUrl),
    );
  }

  /** @param description why, in the operator's words; it is mailed */
  async rejected(tx: Tx, actor: ActingUser, request: PartnerRequest, description: string): Promise<void> {
    const event = eventOf(request);
    await this.eventLog.record(tx, actor, {
      ...event,
      type: 'request_rejected',
      data: { ...event.data, reason: description },
    });
    const requested = await this.requestedBy(tx, request);
    await this.mails.sendToContact(
      tx,
      request.partnerId,
      rejectionMail(requested, request.title, description),
    );
  }

  async expired(tx: Tx, request: PartnerRequest): Promise<void> {
    await this.eventLog.record(tx, null, { ...eventOf(request), type: 'request_expired' });
    await this.mails.sendToContact(tx, request.partnerId, expiryMail(request.kind, request.title));
  }
}

function eventOf({ id, partnerId, kind, title, price }: PartnerRequest) {
  return { partnerId, subjectId: id, data: { requestType: kind, title, price: price.toJSON() } };
}
