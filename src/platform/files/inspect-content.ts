import { fileTypeFromBuffer } from 'file-type';
import type { Readable } from 'node:stream';
import {
  contentFault,
  type FileMediaType,
  fileNameFault,
  HEAD_BYTES,
  mediaTypeOf,
  TAIL_BYTES,
} from './file-format.js';
import { type ImageSize, SIZE_WITHIN_BYTES, sizeOf } from './image-file.js';

/** Makes the error from the end of the sentence "file …". */
type Refusal = (fault: string) => Error;

/**
 * The media type that an upload's name stands for.
 * @param allowed media types that the upload may have
 * @throws the refusal of a name that cannot be taken
 */
export function namedMediaType<Type extends FileMediaType>(
  name: string,
  allowed: readonly Type[],
  refusal: Refusal,
): Type {
  const fault = fileNameFault(name, allowed);
  if (fault) throw refusal(fault);
  // A name without a fault has one of the endings.
  return mediaTypeOf(name, allowed)!;
}

/**
 * Passes an upload's content on while looking at its beginning and its end; what does not have the media type's form
 * fails as soon as that shows. Holds no more than {@link HEAD_BYTES} and {@link TAIL_BYTES} of it.
 * @throws the refusal, or what the content fails with
 */
export async function* inspected(
  content: Readable,
  mediaType: FileMediaType,
  refusal: Refusal,
): AsyncGenerator<Buffer> {
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
      if (head.length === HEAD_BYTES) await checkType(head, mediaType, refusal);
    }
    recent.push(chunk);
    recentBytes += chunk.length;
    while (recentBytes - recent[0]!.length >= TAIL_BYTES) recentBytes -= recent.shift()!.length;
    yield chunk;
  }
  if (sizeBytes === 0) throw refusal('must not be empty');
  await checkType(head, mediaType, refusal);
  const tail = Buffer.concat(recent).subarray(-TAIL_BYTES);
  const fault = contentFault(mediaType, { head, tail, sizeBytes });
  if (fault) throw refusal(fault);
}

async function checkType(head: Buffer, mediaType: FileMediaType, refusal: Refusal): Promise<void> {
  const found = await fileTypeFromBuffer(head);
  if (found?.mime !== mediaType) throw refusal('must have the content that its name says');
}

/**
 * Passes an image's content on, then tells its size.
 * @throws the refusal of an image without a size, or with one that is too large
 */
export async function* measured(
  content: AsyncIterable<Buffer>,
  refusal: Refusal,
  tell: (size: ImageSize) => void,
): AsyncGenerator<Buffer> {
  const head: Buffer[] = [];
  let headBytes = 0;
  for await (const chunk of content) {
    if (headBytes < SIZE_WITHIN_BYTES) {
      head.push(chunk);
      headBytes += chunk.length;
    }
    yield chunk;
  }
  const size = sizeOf(Buffer.concat(head));
  if (typeof size === 'string') throw refusal(size);
  tell(size);
}
