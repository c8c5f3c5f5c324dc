import type { Readable } from 'node:stream';
import { DomainError, notFound } from '../errors/domain-error.js';

/**
 * Keeps files under keys that the program makes (`documents/<partnerId>/<id>`), never clients. Contents pass as
 * streams; the memory that one takes does not grow with its size.
 */
export abstract class FileStore {
  /**
   * Stores the content under the key, in place of what was there. It is there whole when the promise resolves; when
   * the content fails or the process dies, the key is as it was before.
   * @throws what the content fails with; DomainError FILE_STORE_UNAVAILABLE (503)
   */
  abstract put(key: string, content: Readable): Promise<{ sizeBytes: number }>;

  /** Opens the content under the key for reading. @throws DomainError NOT_FOUND (404), FILE_STORE_UNAVAILABLE (503) */
  abstract open(key: string): Promise<Readable>;

  /** Removes what is under the key; nothing there is no error. @throws DomainError FILE_STORE_UNAVAILABLE (503) */
  abstract delete(key: string): Promise<void>;
}

const SEGMENT = '[A-Za-z0-9][A-Za-z0-9_-]*(?:\\.[A-Za-z0-9_-]+)*';
const KEY = new RegExp(`^${SEGMENT}(?:/${SEGMENT})*$`);
const LONGEST_KEY = 200;

/**
 * The key, when it has the form of one: segments of letters, digits, `_`, `-` and inner dots, so that no key leads
 * out of the store. Others are a fault of ours.
 */
export function checkedKey(key: string): string {
  if (key.length > LONGEST_KEY || !KEY.test(key))
    throw new Error(`Not a key of a file: ${JSON.stringify(key)}`);
  return key;
}

/** 404 for a key that holds nothing. */
export const fileNotFound = (): DomainError => notFound('file');

const RETRY_AFTER_SECONDS = 5;

/** 503 while the store cannot be reached or is full; the cause is kept for the log. */
export function fileStoreUnavailable(cause: unknown): DomainError {
  const error = new DomainError(
    'FILE_STORE_UNAVAILABLE',
    'unavailable',
    'The store of files does not answer; try again soon.',
    { retryAfterSeconds: RETRY_AFTER_SECONDS },
  );
  error.cause = cause;
  return error;
}
