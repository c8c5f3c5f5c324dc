import { DomainError } from '../platform/index.js';

export const newsStateConflict = (state: string, action: string): DomainError =>
  new DomainError('NEWS_STATE_CONFLICT', 'conflict', `News that is ${state} cannot be ${action}.`);

export const tooManyImages = (most: number): DomainError =>
  new DomainError('TOO_MANY_IMAGES', 'conflict', `There are ${most} images already, as many as may be.`);

export const termsInForceAlready = (): DomainError =>
  new DomainError(
    'TERMS_IN_FORCE',
    'conflict',
    'A version that is or was in force stays as it is: draft the next one.',
  );

export const termsNotInForce = (): DomainError =>
  new DomainError(
    'TERMS_NOT_IN_FORCE',
    'conflict',
    'This version is not in force any more: there is a later one.',
  );
