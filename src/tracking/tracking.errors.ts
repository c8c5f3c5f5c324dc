import { DomainError } from '../platform/index.js';

/** The key is unknown or revoked, or the signature is not that of the body; which of them is not told. */
export function syncNotAuthenticated(): DomainError {
  return new DomainError(
    'SYNC_NOT_AUTHENTICATED',
    'unauthenticated',
    'X-Authorization-Key must be a sync key of the brand, and X-Authorization-Sign the lowercase hex HMAC-SHA512 of the body under its secret.',
  );
}

/** 409: what was decided on an order is final. */
export function orderAlreadyDecided(status: string): DomainError {
  return new DomainError('ORDER_ALREADY_DECIDED', 'conflict', `This order is ${status} already, for good.`);
}

/** The body as a whole is not a batch. */
export function malformedBatch(path: string, message: string): DomainError {
  return new DomainError('MALFORMED_BATCH', 'malformed', `${path}: ${message}`, {
    errors: [{ path, message }],
  });
}
