import { applyDecorators, StreamableFile } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { create as contentDisposition } from 'content-disposition';
import type { FastifyReply } from 'fastify';
import type { Readable } from 'node:stream';
import type { DocumentDto } from './documents.dto.js';

/**
 * The content as a download: a browser saves it under its name (RFC 6266) and neither shows it, nor guesses its type,
 * nor runs anything in it.
 */
export function attachment(
  reply: FastifyReply,
  { document, content }: { document: DocumentDto; content: Readable },
): StreamableFile {
  void reply.header('content-security-policy', "default-src 'none'; sandbox");
  return new StreamableFile(content, {
    type: document.mediaType,
    disposition: contentDisposition(document.fileName),
    length: document.sizeBytes,
  });
}

/** Documents the answer of a route that gives an {@link attachment}. */
export function ApiAttachment(): MethodDecorator {
  const file = { schema: { type: 'string', format: 'binary' } };
  return applyDecorators(
    ApiOkResponse({
      description: 'The file, to be saved',
      headers: {
        'Content-Disposition': { description: '`attachment` with the file name', schema: { type: 'string' } },
      },
      content: { 'application/pdf': file, 'image/png': file, 'image/jpeg': file },
    }),
  );
}
