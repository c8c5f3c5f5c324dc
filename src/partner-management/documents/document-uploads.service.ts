import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import type { PartnerActor } from '../../identity/index.js';
import { FileUploads, type IdempotencyKey, Ids } from '../../platform/index.js';
import { DOCUMENT_MEDIA_TYPES } from '../domain/document-media-type.js';
import { contentKey } from './document-rows.js';
import { DocumentFields, type DocumentDto } from './documents.dto.js';
import { PartnerDocuments } from './partner-documents.service.js';

/** Takes documents in. */
@Injectable()
export class DocumentUploads {
  constructor(
    private readonly dataSource: DataSource,
    private readonly uploads: FileUploads,
    private readonly documents: PartnerDocuments,
    private readonly ids: Ids,
  ) {}

  /**
   * Reads a document from the request's multipart body.
   * @throws DomainError INVALID_DOCUMENT (422), TOO_MANY_DOCUMENTS (409), and what {@link FileUploads.receive} throws
   */
  receive(actor: PartnerActor, request: FastifyRequest, key: IdempotencyKey | null): Promise<DocumentDto> {
    const id = this.ids.next();
    return this.uploads.receive(
      request,
      key,
      {
        key: contentKey({ partnerId: actor.partnerId, id }),
        allowed: DOCUMENT_MEDIA_TYPES,
        refusedAs: 'INVALID_DOCUMENT',
        form: DocumentFields,
        // Decided only together with the row.
        before: () => this.documents.assertRoom(this.dataSource, actor.partnerId),
      },
      (tx, { file, fields: { type = 'other', label = file.fileName } }) =>
        this.documents.add(tx, actor, { id, type, label, ...file }),
    );
  }
}
