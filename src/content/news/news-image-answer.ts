import { applyDecorators, StreamableFile } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Readable } from 'node:stream';
import type { NewsImageDto } from './news.dto.js';

/** The image as browsers show it; nothing in it is run, whatever it holds. */
export function imageAnswer(
  reply: FastifyReply,
  { image, content }: { image: NewsImageDto; content: Readable },
): StreamableFile {
  void reply.header('content-security-policy', "default-src 'none'; sandbox");
  return new StreamableFile(content, { type: image.mediaType, length: image.sizeBytes });
}

/** Documents the answer of a route that gives an {@link imageAnswer}. */
export function ApiImage(): MethodDecorator {
  const file = { schema: { type: 'string', format: 'binary' } };
  return applyDecorators(
    ApiOkResponse({
      description: 'The image',
      content: { 'image/png': file, 'image/jpeg': file, 'image/gif': file, 'image/webp': file },
    }),
  );
}
