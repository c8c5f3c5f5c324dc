import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { DataSource } from 'typeorm';
import { AuditLog, EventLog, type PartnerActor } from '../../identity/index.js';
import {
  Clock,
  FileStore,
  idOfCursor,
  notFound,
  type Page,
  StoredFiles,
  toPage,
  type Tx,
} from '../../platform/index.js';
import type { DocumentMediaType } from '../domain/document-media-type.js';
import { documentApproved, tooManyDocuments } from '../partner-management.errors.js';
import { contentKey, getDocument, SELECT_DOCUMENTS } from './document-rows.js';
import type { DocumentDto, DocumentQuery, OperatorDocumentDto } from './documents.dto.js';

/** Documents that a partner may have, whatever their state. */
export const MAX_DOCUMENTS = 50;

/** A document whose content is in the store already. */
export interface NewDocument {
  id: string;
  type: string;
  label: string;
  fileName: string;
  mediaType: DocumentMediaType;
  sizeBytes: number;
}

/** The documents that a partner gave the program to verify (A25). */
@Injectable()
export class PartnerDocuments {
  constructor(
    private readonly dataSource: DataSource,
    private readonly storedFiles: StoredFiles,
    private readonly store: FileStore,
    private readonly eventLog: EventLog,
    private readonly auditLog: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** A page of the partner's documents, newest first. */
  async list(partnerId: string, { state, limit, cursor }: DocumentQuery): Promise<Page<DocumentDto>> {
    const rows = await this.dataSource.query<OperatorDocumentDto[]>(
      `${SELECT_DOCUMENTS} WHERE d.partner_id = $1 AND ($2::text IS NULL OR d.state = $2)
         AND ($3::uuid IS NULL OR d.id < $3) ORDER BY d.id DESC LIMIT $4`,
      [partnerId, state ?? null, idOfCursor(cursor), limit + 1],
    );
    return toPage(rows.map(toOwn), limit, ({ id }) => [id]);
  }

  /** @throws DomainError NOT_FOUND */
  async get(partnerId: string, id: string): Promise<DocumentDto> {
    return toOwn(await getDocument(this.dataSource, partnerId, id));
  }

  /**
   * The document with its content.
   * @param partnerId whose it must be; null for an operator, who sees all
   * @throws DomainError NOT_FOUND, FILE_STORE_UNAVAILABLE (503)
   */
  async open(partnerId: string | null, id: string): Promise<{ document: DocumentDto; content: Readable }> {
    const document = await getDocument(this.dataSource, partnerId, id);
    return { document, content: await this.store.open(contentKey(document)) };
  }

  /** Refuses when the partner has as many as it may. @throws DomainError TOO_MANY_DOCUMENTS (409) */
  async assertRoom(db: DataSource | Tx, partnerId: string): Promise<void> {
    const [{ count }] = await db.query<[{ count: number }]>(
      'SELECT count(*)::int AS count FROM documents WHERE partner_id = $1',
      [partnerId],
    );
    if (count >= MAX_DOCUMENTS) throw tooManyDocuments(MAX_DOCUMENTS);
  }

  /** Adds a document, to be verified by an operator. @throws DomainError TOO_MANY_DOCUMENTS (409) */
  async add(tx: Tx, actor: PartnerActor, document: NewDocument): Promise<DocumentDto> {
    const { partnerId, userId } = actor;
    const { id, type, label, fileName, mediaType, sizeBytes } = document;
    // One upload of the partner at a time, so that none slips past the limit.
    const [partner] = await tx.query<unknown[]>(
      `SELECT FROM partners WHERE id = $1 AND state <> 'erased' FOR NO KEY UPDATE`,
      [partnerId],
    );
    if (!partner) throw notFound('partner');
    await this.assertRoom(tx, partnerId);
    await tx.query(
      `INSERT INTO documents (id, partner_id, type, label, file_name, media_type, size_bytes, uploaded_by, uploaded_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [id, partnerId, type, label, fileName, mediaType, sizeBytes, userId, this.clock.now()],
    );
    await this.storedFiles.keep(tx, contentKey({ partnerId, id }));
    const added = toOwn(await getDocument(tx, partnerId, id));
    await this.tell(tx, actor, 'uploaded', added);
    return added;
  }

  /** Deletes a document that is not approved, and its content. @throws DomainError NOT_FOUND, DOCUMENT_APPROVED (409) */
  async remove(tx: Tx, actor: PartnerActor, id: string): Promise<void> {
    const { partnerId } = actor;
    const document = toOwn(await getDocument(tx, partnerId, id));
    const [, count] = await tx.query<[unknown[], number]>(
      `DELETE FROM documents WHERE id = $1 AND partner_id = $2 AND state <> 'approved'`,
      [id, partnerId],
    );
    if (count === 0) {
      // Unless somebody else deleted it in this moment.
      await getDocument(tx, partnerId, id);
      throw documentApproved();
    }
    await this.storedFiles.discard(tx, contentKey({ partnerId, id }));
    await this.tell(tx, actor, 'deleted', document);
  }

  private async tell(
    tx: Tx,
    actor: PartnerActor,
    what: 'uploaded' | 'deleted',
    { id, type, fileName, state }: DocumentDto,
  ): Promise<void> {
    await this.eventLog.record(tx, actor, {
      partnerId: actor.partnerId,
      type: `document_${what}`,
      subjectId: id,
      data: { type, fileName },
    });
    await this.auditLog.record(tx, actor, {
      action: what === 'uploaded' ? 'document.upload' : 'document.delete',
      subject: { type: 'document', id },
      before: what === 'uploaded' ? null : { type, state },
      after: what === 'uploaded' ? { type, state } : null,
    });
  }
}

function toOwn({
  partnerId: _id,
  partnerName: _name,
  email: _email,
  ...own
}: OperatorDocumentDto): DocumentDto {
  return own;
}
