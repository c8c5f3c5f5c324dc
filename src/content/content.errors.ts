import { DomainError } from '../platform/index.js';

export const newsStateConflict = (state: string, action: string): DomainError =>
  new DomainError('NEWS_STATE_CONFLICT', 'conflict', `News that is ${state} cannot be ${action}.`);

export const tooManyImages = (most: number): DomainError =>
  new DomainError('TOO_MANY_IMAGES', 'conflict', `There are ${most} images already, as many as may be.`);
