import { DomainError, type FieldError } from '../../platform/index.js';

/** 422 that names each code that cannot be added. */
export function invalidCodes(errors: FieldError[]): DomainError {
  const summary = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return new DomainError('INVALID_PROMO_CODES', 'invalid', summary, { errors });
}

/** 409: the pool gives out no codes any more. */
export const poolClosed = (): DomainError =>
  new DomainError('PROMO_CODE_POOL_CLOSED', 'conflict', 'This pool of promo codes is closed.');

/** 409: all codes are taken. */
export const noCodesLeft = (): DomainError =>
  new DomainError('NO_PROMO_CODES_LEFT', 'conflict', 'All promo codes are taken; ask again later.');
