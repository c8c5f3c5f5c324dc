import { applyDecorators, StreamableFile } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Readable } from 'node:stream';
import { IMAGE_MEDIA_TYPES } from '../../platform/index.js';
import type { AdFileDto } from './ad-files.dto.js';
import { VIDEO_MEDIA_TYPES } from './domain/ad-formats.js';

/** The content to be shown where ads are: nothing in it runs, and other sites may show it, for that is what it is for. */
export function adFileContent(
  reply: FastifyReply,
  { file, content }: { file: AdFileDto; content: Readable },
): StreamableFile {
  void reply.headers({
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'cross-origin',
  });
  return new StreamableFile(content, { type: file.mediaType, length: file.sizeBytes });
}

/** Documents the answer of a route that gives an {@link adFileContent}. */
export function ApiAdFileContent(): MethodDecorator {
  const file = { schema: { type: 'string', format: 'binary' } };
  const types = [...Object.values(IMAGE_MEDIA_TYPES), ...VIDEO_MEDIA_TYPES];
  return applyDecorators(
    ApiOkResponse({
      description: 'The image or the video',
      content: Object.fromEntries(types.map((type) => [type, file])),
    }),
  );
}
