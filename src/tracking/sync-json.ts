import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { malformedBatch, syncBodyTooLarge, unsupportedSyncBody } from './tracking.errors.js';

/** Largest body of a batch, as sent and after decompression. */
export const MAX_BATCH_BYTES = 10 * 1024 * 1024;

const decompress = promisify(gunzip);

/**
 * What the bytes of a batch say.
 * @param body as sent; absent when nothing was
 * @param encoding the header `Content-Encoding`
 * @throws DomainError MALFORMED_BATCH (400), BATCH_TOO_LARGE (413), UNSUPPORTED_MEDIA_TYPE (415)
 */
export async function readJsonBatch(body: Buffer, encoding: string | undefined): Promise<unknown> {
  const plain = isGzip(encoding) ? await gunzipped(body) : body;
  if (!isUtf8(plain)) throw malformedBatch('body', 'must be in UTF-8');
  try {
    return JSON.parse(plain.toString()) as unknown;
  } catch {
    throw malformedBatch('body', 'must be JSON');
  }
}

/**
 * Whether the body is compressed.
 * @throws DomainError UNSUPPORTED_MEDIA_TYPE (415) for other encodings than gzip
 */
export function isGzip(encoding = 'identity'): boolean {
  const name = encoding.trim().toLowerCase();
  if (name !== 'gzip' && name !== 'identity') {
    throw unsupportedSyncBody('content-encoding', 'must be gzip, or absent');
  }
  return name === 'gzip';
}

/** Stops at the limit, so that a body that would swell to gigabytes takes no more memory than an honest one. */
async function gunzipped(body: Buffer): Promise<Buffer> {
  try {
    return await decompress(body, { maxOutputLength: MAX_BATCH_BYTES });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') {
      throw syncBodyTooLarge(MAX_BATCH_BYTES);
    }
    throw malformedBatch('body', 'must be whole gzip data');
  }
}
