import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import type { PartnerActor } from '../../identity/index.js';
import { Clock, FileUploads, type IdempotencyKey, Ids, IMAGE_MEDIA_TYPES } from '../../platform/index.js';
import type { AdFileDto } from './ad-files.dto.js';
import { adFileKey, AdFiles, toAdFileDto } from './ad-files.service.js';
import { VIDEO_MEDIA_TYPES } from './domain/ad-formats.js';

const ALLOWED = [...Object.values(IMAGE_MEDIA_TYPES), ...VIDEO_MEDIA_TYPES];

/** Takes files for ads in. */
@Injectable()
export class AdFileUploads {
  constructor(
    private readonly dataSource: DataSource,
    private readonly uploads: FileUploads,
    private readonly files: AdFiles,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Reads an image or a video from the request's multipart body.
   * @throws DomainError INVALID_AD_FILE (422), TOO_MANY_AD_FILES (409), and what {@link FileUploads.receive} throws
   */
  receive(
    { partnerId }: PartnerActor,
    request: FastifyRequest,
    key: IdempotencyKey | null,
  ): Promise<AdFileDto> {
    const id = this.ids.next();
    return this.uploads.receive(
      request,
      key,
      {
        key: adFileKey({ partnerId, id }),
        allowed: ALLOWED,
        refusedAs: 'INVALID_AD_FILE',
        sized: true,
        // Decided only together with the row.
        before: () => this.files.assertRoom(this.dataSource, partnerId),
      },
      async (tx, { file, imageSize }) => {
        const { width, height } = imageSize ?? { width: null, height: null };
        const adFile = { ...file, width, height, id, partnerId, createdAt: this.clock.now() };
        await this.files.add(tx, adFile);
        return toAdFileDto(adFile);
      },
    );
  }
}
