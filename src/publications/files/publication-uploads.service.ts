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
import {
  contentKey,
  PUBLICATION_MEDIA_TYPES,
  type PublicationFile,
  PublicationFiles,
} from './publication-files.service.js';

/** No fields beside the file. */
class NoFields {}

/** Takes screenshots and content in: first the content into the store, then the row, and nothing of a refused one. */
@Injectable()
export class PublicationUploads {
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly storedFiles: StoredFiles,
    private readonly files: PublicationFiles,
    private readonly ids: Ids,
  ) {}

  /**
   * Reads a file from the request's multipart body, which passes through as a stream.
   * @throws DomainError NOT_FOUND, PUBLICATION_STATE_CONFLICT, TOO_MANY_FILES (409), INVALID_FILE (422),
   *   FILE_STORE_UNAVAILABLE (503), and what {@link receiveUpload} throws
   */
  async receive(
    actor: PartnerActor,
    publicationId: string,
    request: FastifyRequest,
  ): Promise<PublicationFile> {
    const id = this.ids.next();
    // Before anything is stored; decided only together with the row.
    await this.files.assertRoom(this.dataSource, actor.partnerId, publicationId);
    const key = contentKey(publicationId, id);
    try {
      const { stored } = await receiveUpload(request, NoFields, (name, content) =>
        this.store(key, name, content),
      );
      return await this.unitOfWork.run((tx) => this.files.add(tx, actor, publicationId, { id, ...stored }));
    } catch (error) {
      await this.storedFiles.giveUp(key);
      throw error;
    }
  }

  private async store(
    key: string,
    name: string,
    content: Readable,
  ): Promise<Pick<PublicationFile, 'fileName' | 'mediaType' | 'sizeBytes'>> {
    const fileName = name.normalize('NFC');
    const mediaType = namedMediaType(fileName, PUBLICATION_MEDIA_TYPES, invalidFile);
    const checked = Readable.from(inspected(content, mediaType, invalidFile), { objectMode: false });
    return { fileName, mediaType, ...(await this.storedFiles.put(key, checked)) };
  }
}

/** 422 that says what is wrong with the file. */
function invalidFile(fault: string): Error {
  return invalidField('file', fault, 'INVALID_FILE');
}
