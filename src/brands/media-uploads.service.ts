import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import type { Actor } from '../identity/index.js';
import {
  formatOf,
  Ids,
  IMAGE_MEDIA_TYPES,
  type ImageFormat,
  type ImageSize,
  inspected,
  invalidField,
  measured,
  namedMediaType,
  receiveUpload,
  StoredFiles,
  UnitOfWork,
} from '../platform/index.js';
import { UploadMediumFields } from './media.dto.js';
import { Media, type SharedMedium } from './media.service.js';
import { mediumKey } from './media.entity.js';

const ALLOWED = Object.values(IMAGE_MEDIA_TYPES);

interface StoredImage extends ImageSize {
  title: string;
  format: ImageFormat;
  sizeBytes: number;
}

/** Takes images in: first the content into the store, then the row, and nothing of a refused one. */
@Injectable()
export class MediaUploads {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly storedFiles: StoredFiles,
    private readonly media: Media,
    private readonly ids: Ids,
  ) {}

  /**
   * Reads an image from the request's multipart body, which passes through as a stream.
   * @throws DomainError NOT_FOUND for the brand, INVALID_IMAGE (422), VALIDATION_FAILED (422),
   *   FILE_STORE_UNAVAILABLE (503), and what {@link receiveUpload} throws
   */
  async receive(actor: Actor, request: FastifyRequest): Promise<SharedMedium> {
    const id = this.ids.next();
    const key = mediumKey(id);
    try {
      const { fields, stored } = await receiveUpload(request, UploadMediumFields, (name, content) =>
        this.store(key, name, content),
      );
      const image = { ...stored, ...fields, title: fields.title ?? stored.title, id };
      return await this.unitOfWork.run((tx) => this.media.addImage(tx, actor, image));
    } catch (error) {
      await this.storedFiles.giveUp(key);
      throw error;
    }
  }

  private async store(key: string, name: string, content: Readable): Promise<StoredImage> {
    const fileName = name.normalize('NFC');
    if (/\.zip$/i.test(fileName)) throw invalidImage(NO_HTML5);
    const mediaType = namedMediaType(fileName, ALLOWED, invalidImage);
    let size: ImageSize = { width: 0, height: 0 };
    const checked = measured(
      inspected(content, mediaType, invalidImage),
      invalidImage,
      (found) => (size = found),
    );
    const { sizeBytes } = await this.storedFiles.put(key, Readable.from(checked, { objectMode: false }));
    return { title: fileName, format: formatOf(mediaType), sizeBytes, ...size };
  }
}

const NO_HTML5 =
  'must be an image: an HTML5 banner (.zip) is not taken; put it on a server and make a medium of the kind html with its address';

/** 422 that says what is wrong with the file. */
function invalidImage(fault: string): Error {
  return invalidField('file', fault, 'INVALID_IMAGE');
}
