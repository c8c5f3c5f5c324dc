import { applyDecorators, StreamableFile } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { create as contentDisposition } from 'content-disposition';
import type { FastifyReply } from 'fastify';
import type { Readable } from 'node:stream';

/** What somebody uploaded, as it is told of. */
interface UploadedFile {
  fileName: string;
  mediaType: string;
  sizeBytes: number;
}

/**
 * The content as a download: a browser saves it under its name (RFC 6266) and neither shows it, nor guesses its type,
 * nor runs anything in it.
 */
export function attachment(
  reply: FastifyReply,
  { fileName, mediaType, sizeBytes }: UploadedFile,
  content: Readable,
): StreamableFile {
  void reply.header('content-security-policy', "default-src 'none'; sandbox");
  return new StreamableFile(content, {
    type: mediaType,
    disposition: contentDisposition(fileName),
    length: sizeBytes,
  });
}

/** Documents the answer of a route that gives an {@link attachment} of one of these types. */
export function ApiAttachment(mediaTypes: readonly string[]): MethodDecorator {
  const file = { schema: { type: 'string', format: 'binary' } };
  return applyDecorators(
    ApiOkResponse({
      description: 'The file, to be saved',
      headers: {
        'Content-Disposition': { description: '`attachment` with the file name', schema: { type: 'string' } },
      },
      content: Object.fromEntries(mediaTypes.map((type) => [type, file])),
    }),
  );
}
