import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { DataSource } from 'typeorm';
import {
  FileStore,
  IMAGE_MEDIA_TYPES,
  type ImageFormat,
  type ImageMediaType,
  notFound,
} from '../platform/index.js';
import { mediumKey } from './media.entity.js';

const FILE = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(png|jpg|gif|webp)$/;

/** An uploaded image, without its content. */
export interface MediumFile {
  id: string;
  sizeBytes: number;
  mediaType: ImageMediaType;
}

/** The contents of uploaded media, by file names such as `<id>.png`. */
@Injectable()
export class MediaContents {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: FileStore,
  ) {}

  /** @throws DomainError NOT_FOUND, also when the ending is that of another format */
  async find(file: string): Promise<MediumFile> {
    const [, id, format] = FILE.exec(file) ?? [];
    if (!id || !format) throw notFound('image');
    const [found] = await this.dataSource.query<Omit<MediumFile, 'mediaType'>[]>(
      `SELECT id, size_bytes::int AS "sizeBytes"
         FROM media WHERE id = $1 AND format = $2 AND size_bytes IS NOT NULL`,
      [id, format],
    );
    if (!found) throw notFound('image');
    return { ...found, mediaType: IMAGE_MEDIA_TYPES[format as ImageFormat] };
  }

  /** @throws DomainError NOT_FOUND, FILE_STORE_UNAVAILABLE (503) */
  open({ id }: MediumFile): Promise<Readable> {
    return this.store.open(mediumKey(id));
  }
}
