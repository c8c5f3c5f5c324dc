import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { DataSource } from 'typeorm';
import { type Actor, AuditLog } from '../../identity/index.js';
import {
  FileStore,
  FileUploads,
  type IdempotencyKey,
  Ids,
  IMAGE_MEDIA_TYPES,
  type ImageMediaType,
  notFound,
  StoredFiles,
  type Tx,
} from '../../platform/index.js';
import { tooManyImages } from '../content.errors.js';
import { lockNews } from './news-desk.service.js';
import { findImage, newsImageKey } from './news-image-rows.js';
import { type NewsImageDto, NewsImageFields } from './news.dto.js';
import { News } from './news.entity.js';

const ALLOWED = Object.values(IMAGE_MEDIA_TYPES);
/** Images that one piece of news may have. */
export const MAX_IMAGES = 10;

interface StoredImage {
  id: string;
  alt: string;
  mediaType: ImageMediaType;
  sizeBytes: number;
}

/** Images of news (A21): taken in, shown, taken away. */
@Injectable()
export class NewsImages {
  constructor(
    private readonly dataSource: DataSource,
    private readonly uploads: FileUploads,
    private readonly storedFiles: StoredFiles,
    private readonly store: FileStore,
    private readonly auditLog: AuditLog,
    private readonly ids: Ids,
  ) {}

  /**
   * Reads an image from the request's multipart body.
   * @throws DomainError NOT_FOUND, INVALID_IMAGE (422), TOO_MANY_IMAGES (409), and what {@link FileUploads.receive} throws
   */
  receive(
    actor: Actor,
    newsId: string,
    request: FastifyRequest,
    key: IdempotencyKey | null,
  ): Promise<NewsImageDto> {
    const id = this.ids.next();
    return this.uploads.receive(
      request,
      key,
      {
        key: newsImageKey(id),
        allowed: ALLOWED,
        refusedAs: 'INVALID_IMAGE',
        form: NewsImageFields,
        sized: true,
        // The row is decided by the lock.
        before: () => this.assertExists(newsId),
      },
      (tx, { fields, file: { fileName, mediaType, sizeBytes } }) =>
        this.add(tx, actor, newsId, { id, alt: fields.alt ?? fileName, mediaType, sizeBytes }),
    );
  }

  /** The image with its content. @throws DomainError NOT_FOUND, FILE_STORE_UNAVAILABLE (503) */
  async open(newsId: string, imageId: string): Promise<{ image: NewsImageDto; content: Readable }> {
    const image = await findImage(this.dataSource, newsId, imageId);
    if (!image) throw notFound('image');
    return { image, content: await this.store.open(newsImageKey(imageId)) };
  }

  /** @throws DomainError NOT_FOUND */
  async delete(tx: Tx, actor: Actor, newsId: string, imageId: string): Promise<void> {
    await lockNews(tx, newsId);
    const image = await findImage(tx, newsId, imageId);
    if (!image) throw notFound('image');
    await tx.query('DELETE FROM news_images WHERE id = $1', [imageId]);
    await this.storedFiles.discard(tx, newsImageKey(imageId));
    await this.record(tx, actor, newsId, { before: { imageId, alt: image.alt }, after: null });
  }

  private async assertExists(newsId: string): Promise<void> {
    if (!(await this.dataSource.getRepository(News).existsBy({ id: newsId }))) throw notFound('news');
  }

  private async add(
    tx: Tx,
    actor: Actor,
    newsId: string,
    { id, alt, mediaType, sizeBytes }: StoredImage,
  ): Promise<NewsImageDto> {
    // One at a time, so that none slips past the limit.
    await lockNews(tx, newsId);
    const [{ count }] = await tx.query<[{ count: number }]>(
      'SELECT count(*)::int AS count FROM news_images WHERE news_id = $1',
      [newsId],
    );
    if (count >= MAX_IMAGES) throw tooManyImages(MAX_IMAGES);
    await tx.query(
      'INSERT INTO news_images (id, news_id, media_type, size_bytes, alt) VALUES ($1, $2, $3, $4, $5)',
      [id, newsId, mediaType, sizeBytes, alt],
    );
    await this.storedFiles.keep(tx, newsImageKey(id));
    await this.record(tx, actor, newsId, { before: null, after: { imageId: id, alt } });
    return (await findImage(tx, newsId, id))!;
  }

  private async record(
    tx: Tx,
    actor: Actor,
    newsId: string,
    change: { before: object | null; after: object | null },
  ): Promise<void> {
    const action = change.after === null ? 'news_image.delete' : 'news_image.add';
    await this.auditLog.record(tx, actor, { action, subject: { type: 'news', id: newsId }, ...change });
  }
}
