import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../identity/index.js';
import {
  FileUploads,
  formatOf,
  type IdempotencyKey,
  Ids,
  IMAGE_MEDIA_TYPES,
  invalidField,
} from '../platform/index.js';
import { MediaDesk } from './media-desk.service.js';
import { type OperatorMediumResponse, UploadMediumFields } from './media.dto.js';
import { Media } from './media.service.js';
import { mediumKey } from './media.entity.js';

const ALLOWED = Object.values(IMAGE_MEDIA_TYPES);
const REFUSED_AS = 'INVALID_IMAGE';

/** Takes images in. */
@Injectable()
export class MediaUploads {
  constructor(
    private readonly uploads: FileUploads,
    private readonly media: Media,
    private readonly desk: MediaDesk,
    private readonly ids: Ids,
  ) {}

  /**
   * Reads an image from the request's multipart body.
   * @throws DomainError NOT_FOUND for the brand, INVALID_IMAGE (422), VALIDATION_FAILED (422), and what
   *   {@link FileUploads.receive} throws
   */
  receive(
    actor: Actor,
    request: FastifyRequest,
    key: IdempotencyKey | null,
  ): Promise<OperatorMediumResponse> {
    const id = this.ids.next();
    return this.uploads.receive(
      request,
      key,
      {
        key: mediumKey(id),
        allowed: ALLOWED,
        refusedAs: REFUSED_AS,
        form: UploadMediumFields,
        sized: true,
        refuseName: refuseHtml5,
      },
      async (tx, { fields, file, imageSize }) => {
        const { fileName, mediaType, sizeBytes } = file;
        const { title = fileName } = fields;
        const image = { ...fields, ...imageSize!, id, title, format: formatOf(mediaType), sizeBytes };
        return this.desk.show(await this.media.addImage(tx, actor, image));
      },
    );
  }
}

const NO_HTML5 =
  'must be an image: an HTML5 banner (.zip) is not taken; put it on a server and make a medium of the kind html with its address';

function refuseHtml5(fileName: string): void {
  if (/\.zip$/i.test(fileName)) throw invalidField('file', NO_HTML5, REFUSED_AS);
}
