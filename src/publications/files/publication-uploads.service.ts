import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import type { PartnerActor } from '../../identity/index.js';
import { FileUploads, Ids } from '../../platform/index.js';
import {
  contentKey,
  PUBLICATION_MEDIA_TYPES,
  type PublicationFile,
  PublicationFiles,
} from './publication-files.service.js';

/** Takes screenshots and content in. */
@Injectable()
export class PublicationUploads {
  constructor(
    private readonly dataSource: DataSource,
    private readonly uploads: FileUploads,
    private readonly files: PublicationFiles,
    private readonly ids: Ids,
  ) {}

  /**
   * Reads a file from the request's multipart body.
   * @throws DomainError NOT_FOUND, PUBLICATION_STATE_CONFLICT, TOO_MANY_FILES (409), INVALID_FILE (422), and what
   *   {@link FileUploads.receive} throws
   */
  async receive(
    actor: PartnerActor,
    publicationId: string,
    request: FastifyRequest,
  ): Promise<PublicationFile> {
    const id = this.ids.next();
    // Before anything is read; decided only together with the row.
    await this.files.assertRoom(this.dataSource, actor.partnerId, publicationId);
    const key = contentKey(publicationId, id);
    return this.uploads.receive(
      request,
      { key, allowed: PUBLICATION_MEDIA_TYPES, refusedAs: 'INVALID_FILE' },
      (tx, { file }) => this.files.add(tx, actor, publicationId, { id, ...file }),
    );
  }
}
