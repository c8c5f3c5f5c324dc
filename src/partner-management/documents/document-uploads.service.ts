import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { DataSource } from 'typeorm';
import type { PartnerActor } from '../../identity/index.js';
import {
  Ids,
  inspected,
  invalidField,
  namedMediaType,
  receiveUpload,
  StoredFiles,
  UnitOfWork,
} from '../../platform/index.js';
import { DOCUMENT_MEDIA_TYPES, type DocumentMediaType } from '../domain/document-media-type.js';
import { contentKey } from './document-rows.js';
import { DocumentFields, type DocumentDto } from './documents.dto.js';
import { PartnerDocuments } from './partner-documents.service.js';

interface StoredContent {
  fileName: string;
  mediaType: DocumentMediaType;
  sizeBytes: number;
}

/** Takes documents in: first the content into the store, then the row, and nothing of a refused one. */
@Injectable()
export class DocumentUploads {
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly storedFiles: StoredFiles,
    private readonly documents: PartnerDocuments,
    private readonly ids: Ids,
  ) {}

  /**
   * Reads a document from the request's multipart body, which passes through as a stream.
   * @throws DomainError INVALID_DOCUMENT (422), TOO_MANY_DOCUMENTS (409), FILE_STORE_UNAVAILABLE (503), and what
   *   {@link receiveUpload} throws
   */
  async receive(actor: PartnerActor, request: FastifyRequest): Promise<DocumentDto> {
    const id = this.ids.next();
    const key = contentKey({ partnerId: actor.partnerId, id });
    try {
      const { fields, stored } = await receiveUpload(request, DocumentFields, async (name, content) => {
        // Before anything is stored; decided only together with the row.
        await this.documents.assertRoom(this.dataSource, actor.partnerId);
        return this.store(key, name, content);
      });
      const { type = 'other', label = stored.fileName } = fields;
      return await this.unitOfWork.run((tx) => this.documents.add(tx, actor, { id, type, label, ...stored }));
    } catch (error) {
      await this.storedFiles.giveUp(key);
      throw error;
    }
  }

  private async store(key: string, name: string, content: Readable): Promise<StoredContent> {
    const fileName = name.normalize('NFC');
    const mediaType = namedMediaType(fileName, DOCUMENT_MEDIA_TYPES, invalidDocument);
    const checked = Readable.from(inspected(content, mediaType, invalidDocument), { objectMode: false });
    return { fileName, mediaType, ...(await this.storedFiles.put(key, checked)) };
  }
}

/** 422 that says what is wrong with the file. */
function invalidDocument(fault: string): Error {
  return invalidField('file', fault, 'INVALID_DOCUMENT');
}
