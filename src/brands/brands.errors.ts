import { DomainError } from '../platform/index.js';

/** 409: another brand has the slug. */
export const slugTaken = (slug: string): DomainError =>
  new DomainError('BRAND_SLUG_TAKEN', 'conflict', `There already is a brand with the slug '${slug}'.`, {
    errors: [{ path: 'slug', message: 'is taken by another brand' }],
  });

/** 409: the key was revoked before. */
export const keyAlreadyRevoked = (): DomainError =>
  new DomainError('SYNC_KEY_REVOKED', 'conflict', 'This sync key is revoked already.');
