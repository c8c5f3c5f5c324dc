import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { DataSource, type EntityManager } from 'typeorm';
import type { PartnerActor } from '../../identity/index.js';
import { Clock, FileStore, notFound, StoredFiles, type Tx } from '../../platform/index.js';
import { getPublication, type Publication, type Scope } from '../publication-rows.js';
import { publicationStateConflict, tooManyFiles } from '../publications.errors.js';

type Db = EntityManager | DataSource;

/** What a creator may upload. */
export const PUBLICATION_MEDIA_TYPES = [
  'image/png',
  'image/jpeg',
  'image/webp',
  'image/gif',
  'application/pdf',
] as const;

export type PublicationMediaType = (typeof PUBLICATION_MEDIA_TYPES)[number];

/** Files that one publication may have. */
const MAX_FILES = 50;

/** A screenshot, or content, of a publication. */
export interface PublicationFile {
  id: string;
  fileName: string;
  mediaType: PublicationMediaType;
  sizeBytes: number;
  uploadedAt: Date;
}

const SELECT_FILES = `
  SELECT id, file_name AS "fileName", media_type AS "mediaType", size_bytes::int AS "sizeBytes",
         uploaded_at AS "uploadedAt" FROM publication_files`;

/** The files of publications (T05); contents lie in the store of files. */
@Injectable()
export class PublicationFiles {
  constructor(
    private readonly dataSource: DataSource,
    private readonly storedFiles: StoredFiles,
    private readonly store: FileStore,
    private readonly clock: Clock,
  ) {}

  /**
   * Refuses where nothing is to be handed in now, or there are too many files already.
   * @throws DomainError NOT_FOUND, PUBLICATION_STATE_CONFLICT, TOO_MANY_FILES (409)
   */
  async assertRoom(
    db: Db,
    partnerId: string,
    publicationId: string,
    lock: '' | 'FOR NO KEY UPDATE OF p' = '',
  ): Promise<Publication> {
    const publication = await getPublication(db, { partnerId }, publicationId, lock);
    if (publication.deadlineAt === null) throw publicationStateConflict(publication.step);
    const [{ count }] = await db.query<[{ count: number }]>(
      'SELECT count(*)::int AS count FROM publication_files WHERE publication_id = $1',
      [publicationId],
    );
    if (count >= MAX_FILES) throw tooManyFiles(MAX_FILES);
    return publication;
  }

  /** Adds a file whose content is in the store already, to be handed in. @throws as {@link assertRoom} */
  async add(
    tx: Tx,
    { partnerId, userId }: PartnerActor,
    publicationId: string,
    file: Omit<PublicationFile, 'uploadedAt'>,
  ): Promise<PublicationFile> {
    const { id, fileName, mediaType, sizeBytes } = file;
    // One upload at a time, so that none slips past the limit, and none comes in once it is handed in.
    await this.assertRoom(tx, partnerId, publicationId, 'FOR NO KEY UPDATE OF p');
    const uploadedAt = this.clock.now();
    await tx.query(
      `INSERT INTO publication_files (id, publication_id, partner_id, file_name, media_type, size_bytes, uploaded_by,
                                      uploaded_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [id, publicationId, partnerId, fileName, mediaType, sizeBytes, userId, uploadedAt],
    );
    await this.storedFiles.keep(tx, contentKey(publicationId, id));
    return { ...file, uploadedAt };
  }

  /**
   * A file with its content; brands and operators see those that were handed in.
   * @throws DomainError NOT_FOUND, FILE_STORE_UNAVAILABLE (503)
   */
  async open(
    scope: Scope,
    publicationId: string,
    fileId: string,
  ): Promise<{ file: PublicationFile; content: Readable }> {
    await getPublication(this.dataSource, scope, publicationId);
    const [file] = await this.dataSource.query<PublicationFile[]>(
      `${SELECT_FILES} WHERE id = $1 AND publication_id = $2 AND ($3 OR submission_id IS NOT NULL)`,
      [fileId, publicationId, scope.partnerId !== undefined],
    );
    if (!file) throw notFound('file');
    return { file, content: await this.store.open(contentKey(publicationId, fileId)) };
  }
}

/** Key of the file's content in the store of files. */
export function contentKey(publicationId: string, fileId: string): string {
  return `publications/${publicationId}/${fileId}`;
}
