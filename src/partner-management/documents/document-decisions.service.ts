import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Actor, AuditLog, EventLog, PartnerMails } from '../../identity/index.js';
import { Clock, Config, idOfCursor, type Page, toPage, type Tx } from '../../platform/index.js';
import { documentAlreadyDecided } from '../partner-management.errors.js';
import { getDocument, SELECT_DOCUMENTS } from './document-rows.js';
import type { OperatorDocumentDto, OperatorDocumentQuery } from './documents.dto.js';

interface Decision {
  state: 'approved' | 'declined';
  declineReason: string | null;
}

/** Partners' documents as operators work through them, and the one decision about each (A25). */
@Injectable()
export class DocumentDecisions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly eventLog: EventLog,
    private readonly auditLog: AuditLog,
    private readonly mails: PartnerMails,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** A page of documents: the pending ones oldest first, so that nobody waits longer than needed; others newest first. */
  async list({ state, partnerId, limit, cursor }: OperatorDocumentQuery): Promise<Page<OperatorDocumentDto>> {
    const [order, behind] = state === 'pending' ? ['ASC', '>'] : ['DESC', '<'];
    const rows = await this.dataSource.query<OperatorDocumentDto[]>(
      `${SELECT_DOCUMENTS} WHERE ($1 = 'all' OR d.state = $1) AND ($2::uuid IS NULL OR d.partner_id = $2)
         AND ($3::uuid IS NULL OR d.id ${behind} $3) ORDER BY d.id ${order} LIMIT $4`,
      [state, partnerId ?? null, idOfCursor(cursor), limit + 1],
    );
    return toPage(rows, limit, ({ id }) => [id]);
  }

  /** @throws DomainError NOT_FOUND */
  get(id: string): Promise<OperatorDocumentDto> {
    return getDocument(this.dataSource, null, id);
  }

  /** Accepts a document; from then on the partner cannot delete it. @throws DomainError NOT_FOUND, DOCUMENT_ALREADY_DECIDED (409) */
  approve(tx: Tx, actor: Actor, id: string): Promise<OperatorDocumentDto> {
    return this.decide(tx, actor, id, { state: 'approved', declineReason: null });
  }

  /** Turns a document down, with a reason that is mailed. @throws DomainError NOT_FOUND, DOCUMENT_ALREADY_DECIDED (409) */
  decline(tx: Tx, actor: Actor, id: string, reason: string): Promise<OperatorDocumentDto> {
    return this.decide(tx, actor, id, { state: 'declined', declineReason: reason });
  }

  /** Takes the one decision; whoever comes second gets 409. */
  private async decide(
    tx: Tx,
    actor: Actor,
    id: string,
    { state, declineReason }: Decision,
  ): Promise<OperatorDocumentDto> {
    const [, count] = await tx.query<[unknown[], number]>(
      `UPDATE documents SET state = $2, decline_reason = $3, decided_at = $4, decided_by = $5
        WHERE id = $1 AND state = 'pending'`,
      [id, state, declineReason, this.clock.now(), actor.userId],
    );
    const document = await getDocument(tx, null, id);
    if (count === 0) throw documentAlreadyDecided();
    const { partnerId, type, fileName } = document;
    const event = { partnerId, subjectId: id };
    const data = { type, fileName };
    await (state === 'approved'
      ? this.eventLog.record(tx, actor, { ...event, type: 'document_approved', data })
      : this.eventLog.record(tx, actor, {
          ...event,
          type: 'document_declined',
          data: { ...data, reason: declineReason },
        }));
    await this.auditLog.record(tx, actor, {
      action: state === 'approved' ? 'document.approve' : 'document.decline',
      subject: { type: 'document', id },
      partnerId,
      before: { state: 'pending' },
      after: { state, declineReason },
    });
    await this.tell(tx, document);
    return document;
  }

  private async tell(tx: Tx, document: OperatorDocumentDto): Promise<void> {
    const { partnerId, label, state, declineReason } = document;
    const outcome =
      state === 'approved'
        ? 'is approved.'
        : `was declined:\n\n${declineReason}\n\nYou can upload another one: ${this.config.publicUrl}`;
    await this.mails.sendToContact(tx, partnerId, {
      subject: state === 'approved' ? 'Your document is approved' : 'Your document was declined',
      text: `your document "${label}" ${outcome}`,
    });
  }
}
