import { DomainError } from '../platform/index.js';

/** The key is unknown or revoked, or the signature is not that of the body; which of them is not told. */
export function syncNotAuthenticated(): DomainError {
  return new DomainError(
    'SYNC_NOT_AUTHENTICATED',
    'unauthenticated',
    'X-Authorization-Key must be a sync key of the brand, and X-Authorization-Sign the lowercase hex HMAC-SHA512 of the body, as sent, under its secret.',
  );
}

/** 409: what was decided on an order is final. */
export function orderAlreadyDecided(status: string): DomainError {
  return new DomainError('ORDER_ALREADY_DECIDED', 'conflict', `This order is ${status} already, for good.`);
}

/** 409: what was decided on a fraud signal is final. */
export function fraudSignalDecided(state: string): DomainError {
  return new DomainError('FRAUD_SIGNAL_DECIDED', 'conflict', `This signal is ${state} already, for good.`, {
    state,
  });
}

/** The body as a whole is not a batch. */
export function malformedBatch(path: string, message: string): DomainError {
  return new DomainError('MALFORMED_BATCH', 'malformed', `${path}: ${message}`, {
    errors: [{ path, message }],
  });
}

/** The body is larger than a batch may be, as sent or decompressed. */
export function syncBodyTooLarge(maxBytes: number): DomainError {
  const message = `must have at most ${maxBytes / 1024 ** 2} MiB, as sent and after decompression`;
  return new DomainError('BATCH_TOO_LARGE', 'too_large', `body: ${message}`, {
    errors: [{ path: 'body', message }],
  });
}

/** The body is of a kind that no batch has. */
export function unsupportedSyncBody(path: string, message: string): DomainError {
  return new DomainError('UNSUPPORTED_MEDIA_TYPE', 'unsupported', `${path}: ${message}`, {
    errors: [{ path, message }],
  });
}

/** So many bodies of the key are taken in or worked on already. */
export function tooManyBackfills(atOnce: number): DomainError {
  return new DomainError(
    'TOO_MANY_BACKFILLS',
    'too_many',
    `A sync key may send ${atOnce} NDJSON bodies at once; try again when one of them is answered.`,
    { retryAfterSeconds: 30 },
  );
}

/** The process ends; another one, or its next start, takes the body. */
export function processStopping(): DomainError {
  return new DomainError('STOPPING', 'unavailable', 'This process is stopping; send the body again.', {
    retryAfterSeconds: 5,
  });
}
