import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { DataSource, type EntityManager } from 'typeorm';
import {
  type FileMediaType,
  FileStore,
  idOfCursor,
  notFound,
  type Page,
  type PageQuery,
  sqlState,
  StoredFiles,
  toPage,
  type Tx,
} from '../../platform/index.js';
import type { PartnerActor } from '../../identity/index.js';
import type { AdFileDto } from './ad-files.dto.js';
import { adFileInUse, tooManyAdFiles } from './ads.errors.js';

/** A file for ads, without its content. */
export interface AdFile extends AdFileDto {
  mediaType: FileMediaType;
  partnerId: string;
}

/** More than all the formats take for many ads; what is not needed any more can be deleted. */
const MOST_FILES = 200;

const FOREIGN_KEY_VIOLATION = '23503';

const SELECT = `
  SELECT f.id, f.partner_id AS "partnerId", f.file_name AS "fileName", f.media_type AS "mediaType",
         f.size_bytes::int AS "sizeBytes", f.width, f.height, f.created_at AS "createdAt"
    FROM ad_files f`;

/** Images and videos of partners' ads (O06). A file never changes: another content is another file. */
@Injectable()
export class AdFiles {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: FileStore,
    private readonly storedFiles: StoredFiles,
  ) {}

  /** A page of the partner's files, newest first. */
  async list(partnerId: string, { limit, cursor }: PageQuery): Promise<Page<AdFileDto>> {
    const rows = await this.dataSource.query<AdFile[]>(
      `${SELECT} WHERE f.partner_id = $1 AND ($2::uuid IS NULL OR f.id < $2) ORDER BY f.id DESC LIMIT $3`,
      [partnerId, idOfCursor(cursor), limit + 1],
    );
    return toPage(rows.map(toAdFileDto), limit, ({ id }) => [id]);
  }

  /** @param partnerId null for operators, who see everybody's @throws DomainError NOT_FOUND */
  async get(partnerId: string | null, id: string): Promise<AdFile> {
    const [file] = await this.dataSource.query<AdFile[]>(
      `${SELECT} WHERE f.id = $1 AND ($2::uuid IS NULL OR f.partner_id = $2)`,
      [id, partnerId],
    );
    if (!file) throw notFound('file');
    return file;
  }

  /** A file that everybody may see, because an approved ad of an active partner has it. @throws DomainError NOT_FOUND */
  async getShown(id: string): Promise<AdFile> {
    const [file] = await this.dataSource.query<AdFile[]>(
      `${SELECT} JOIN partners p ON p.id = f.partner_id AND p.state = 'active'
        WHERE f.id = $1 AND EXISTS (SELECT FROM ads a WHERE a.state = 'approved'
                                       AND (a.image_id = f.id OR a.icon_id = f.id OR a.video_id = f.id))`,
      [id],
    );
    if (!file) throw notFound('file');
    return file;
  }

  /** @throws DomainError NOT_FOUND, FILE_STORE_UNAVAILABLE (503) */
  open(file: Pick<AdFile, 'id' | 'partnerId'>): Promise<Readable> {
    return this.store.open(adFileKey(file));
  }

  /** @throws DomainError TOO_MANY_AD_FILES (409) */
  async assertRoom(db: EntityManager | DataSource, partnerId: string): Promise<void> {
    const [{ files }] = await db.query<[{ files: number }]>(
      'SELECT count(*)::int AS files FROM ad_files WHERE partner_id = $1',
      [partnerId],
    );
    if (files >= MOST_FILES) throw tooManyAdFiles(MOST_FILES);
  }

  /** Keeps a file whose content is in the store. @throws DomainError TOO_MANY_AD_FILES (409), FILE_STORE_UNAVAILABLE (503) */
  async add(tx: Tx, file: AdFile): Promise<void> {
    // Held until the end: so many at once are counted one after the other, and none comes in for an erased partner.
    const [partner] = await tx.query<{ state: string }[]>(
      `SELECT state FROM partners WHERE id = $1 AND state <> 'erased' FOR NO KEY UPDATE`,
      [file.partnerId],
    );
    if (!partner) throw notFound('partner');
    await this.assertRoom(tx, file.partnerId);
    await this.storedFiles.keep(tx, adFileKey(file));
    await tx.query(
      `INSERT INTO ad_files (id, partner_id, file_name, media_type, size_bytes, width, height, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        file.id,
        file.partnerId,
        file.fileName,
        file.mediaType,
        file.sizeBytes,
        file.width,
        file.height,
        file.createdAt,
      ],
    );
  }

  /** Deletes a file that no ad has. @throws DomainError NOT_FOUND, AD_FILE_IN_USE (409) */
  async delete(tx: Tx, { partnerId }: PartnerActor, id: string): Promise<void> {
    try {
      const [, deleted] = await tx.query<[unknown[], number]>(
        'DELETE FROM ad_files WHERE id = $1 AND partner_id = $2',
        [id, partnerId],
      );
      if (deleted === 0) throw notFound('file');
    } catch (error) {
      throw sqlState(error) === FOREIGN_KEY_VIOLATION ? adFileInUse() : error;
    }
    await this.storedFiles.discard(tx, adFileKey({ partnerId, id }));
  }
}

/** The file as its partner sees it. */
export function toAdFileDto({ partnerId: _, ...file }: AdFile): AdFileDto {
  return file;
}

/** Key of the file's content in the store of files. */
export function adFileKey({ partnerId, id }: Pick<AdFile, 'id' | 'partnerId'>): string {
  return `ads/${partnerId}/${id}`;
}
