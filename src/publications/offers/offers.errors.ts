import { DomainError, type FieldError } from '../../platform/index.js';
import type { OfferState } from '../domain/offer-terms.js';

/** 422 that names each field and what is wrong with it. */
export function offerInvalid(errors: FieldError[]): DomainError {
  const summary = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return new DomainError('VALIDATION_FAILED', 'invalid', summary, { errors });
}

/** 409: what is asked cannot be done to an offer in this state. */
export const offerStateConflict = (state: OfferState, message: string): DomainError =>
  new DomainError('OFFER_STATE_CONFLICT', 'conflict', `The offer is ${state}: ${message}.`, { state });
