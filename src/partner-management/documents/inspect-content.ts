import { fileTypeFromBuffer } from 'file-type';
import type { Readable } from 'node:stream';
import { invalidField } from '../../platform/index.js';
import { contentFault, type DocumentMediaType, HEAD_BYTES, TAIL_BYTES } from '../domain/document-file.js';

/**
 * Passes a document's content on while looking at its beginning and its end; what does not have the media type's form
 * fails as soon as that shows. Holds no more than {@link HEAD_BYTES} and {@link TAIL_BYTES} of it.
 * @throws DomainError INVALID_DOCUMENT (422), or what the content fails with
 */
export async function* inspected(content: Readable, mediaType: DocumentMediaType): AsyncGenerator<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  /** The last chunks: together no shorter than the tail, without the first one shorter. */
  const recent: Buffer[] = [];
  let recentBytes = 0;
  let sizeBytes = 0;
  for await (const chunk of content as AsyncIterable<Buffer>) {
    const begins = sizeBytes < HEAD_BYTES;
    sizeBytes += chunk.length;
    if (begins) {
      head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES - head.length)]);
      if (head.length === HEAD_BYTES) await checkType(head, mediaType);
    }
    recent.push(chunk);
    recentBytes += chunk.length;
    while (recentBytes - recent[0]!.length >= TAIL_BYTES) recentBytes -= recent.shift()!.length;
    yield chunk;
  }
  if (sizeBytes === 0) throw invalidDocument('must not be empty');
  await checkType(head, mediaType);
  const fault = contentFault(mediaType, head, Buffer.concat(recent).subarray(-TAIL_BYTES));
  if (fault) throw invalidDocument(fault);
}

async function checkType(head: Buffer, mediaType: DocumentMediaType): Promise<void> {
  const found = await fileTypeFromBuffer(head);
  if (found?.mime !== mediaType) throw invalidDocument('must have the content that its name says');
}

/** 422 that says what is wrong with the file. */
export function invalidDocument(message: string): Error {
  return invalidField('file', message, 'INVALID_DOCUMENT');
}
