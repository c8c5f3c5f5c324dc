import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { DataSource } from 'typeorm';
import type { PartnerActor } from '../../identity/index.js';
import {
  Clock,
  Ids,
  IMAGE_MEDIA_TYPES,
  type ImageSize,
  inspected,
  invalidField,
  measured,
  namedMediaType,
  receiveUpload,
  StoredFiles,
  UnitOfWork,
} from '../../platform/index.js';
import { AdFileFields, type AdFileDto } from './ad-files.dto.js';
import { type AdFile, adFileKey, AdFiles, toAdFileDto } from './ad-files.service.js';
import { VIDEO_MEDIA_TYPES } from './domain/ad-formats.js';

const ALLOWED = [...Object.values(IMAGE_MEDIA_TYPES), ...VIDEO_MEDIA_TYPES];

type StoredContent = Pick<AdFile, 'fileName' | 'mediaType' | 'sizeBytes' | 'width' | 'height'>;

/** Takes files for ads in: first the content into the store, then the row, and nothing of a refused one. */
@Injectable()
export class AdFileUploads {
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly storedFiles: StoredFiles,
    private readonly files: AdFiles,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Reads an image or a video from the request's multipart body, which passes through as a stream.
   * @throws DomainError INVALID_AD_FILE (422), TOO_MANY_AD_FILES (409), FILE_STORE_UNAVAILABLE (503), and what
   *   {@link receiveUpload} throws
   */
  async receive({ partnerId }: PartnerActor, request: FastifyRequest): Promise<AdFileDto> {
    const id = this.ids.next();
    const key = adFileKey({ partnerId, id });
    try {
      const { stored } = await receiveUpload(request, AdFileFields, async (name, content) => {
        // Before anything is stored; decided only together with the row.
        await this.files.assertRoom(this.dataSource, partnerId);
        return this.store(key, name, content);
      });
      const file = { ...stored, id, partnerId, createdAt: this.clock.now() };
      await this.unitOfWork.run((tx) => this.files.add(tx, file));
      return toAdFileDto(file);
    } catch (error) {
      await this.storedFiles.giveUp(key);
      throw error;
    }
  }

  private async store(key: string, name: string, content: Readable): Promise<StoredContent> {
    const fileName = name.normalize('NFC');
    const mediaType = namedMediaType(fileName, ALLOWED, invalidFile);
    let size: ImageSize | null = null;
    const whole = inspected(content, mediaType, invalidFile);
    const checked = mediaType.startsWith('image/')
      ? measured(whole, invalidFile, (found) => (size = found))
      : whole;
    const { sizeBytes } = await this.storedFiles.put(key, Readable.from(checked, { objectMode: false }));
    const { width, height } = (size as ImageSize | null) ?? { width: null, height: null };
    return { fileName, mediaType, sizeBytes, width, height };
  }
}

/** 422 that says what is wrong with the file. */
function invalidFile(fault: string): Error {
  return invalidField('file', fault, 'INVALID_AD_FILE');
}
