import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import type { PartnerActor } from '../../identity/index.js';
import { FileUploads, type IdempotencyKey, Ids } from '../../platform/index.js';
import { type PublicationFileResponse, toFileResponse } from '../publication-work.dto.js';
import { contentKey, PUBLICATION_MEDIA_TYPES, PublicationFiles } from './publication-files.service.js';

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
    key: IdempotencyKey | null,
  ): Promise<PublicationFileResponse> {
    const id = this.ids.next();
    return this.uploads.receive(
      request,
      key,
      {
        key: contentKey(publicationId, id),
        allowed: PUBLICATION_MEDIA_TYPES,
        refusedAs: 'INVALID_FILE',
        // Decided only together with the row.
        before: () => this.files.assertRoom(this.dataSource, actor.partnerId, publicationId),
      },
      async (tx, { file }) => toFileResponse(await this.files.add(tx, actor, publicationId, { id, ...file })),
    );
  }
}
