import { DomainError } from '../../platform/index.js';

/** Which field of a suggestion tells that it is of the same brand. */
export type SameField = 'name' | 'website';

/** 409: partners can choose the brand already. */
export const brandListed = (path: SameField, brand: { id: string; name: string }): DomainError =>
  new DomainError(
    'BRAND_ALREADY_LISTED',
    'conflict',
    `${brand.name} is in the catalogue already; see /partner/brands/${brand.id}.`,
    { errors: [{ path, message: `is that of ${brand.name}, which is in the catalogue` }], brandId: brand.id },
  );

/** 409: the partner has suggested the brand, and nobody has looked at it yet. */
export const suggestedBefore = (
  path: SameField,
  suggestion: { id: string; name: string; suggestedAt: Date },
): DomainError =>
  new DomainError(
    'BRAND_ALREADY_SUGGESTED',
    'conflict',
    `You suggested ${suggestion.name} on ${suggestion.suggestedAt.toISOString().slice(0, 10)}; we are looking at it.`,
    {
      errors: [{ path, message: `is that of ${suggestion.name}, which you suggested before` }],
      suggestionId: suggestion.id,
    },
  );

/** 409: so many of the partner's suggestions wait that no more are taken. */
export const tooManySuggestions = (most: number): DomainError =>
  new DomainError(
    'TOO_MANY_SUGGESTIONS',
    'conflict',
    `${most} of your suggestions wait for us, as many as may be: suggest more once we have looked at them.`,
  );

/** 409: the one decision was taken. */
export const suggestionDecided = (): DomainError =>
  new DomainError('SUGGESTION_ALREADY_DECIDED', 'conflict', 'This suggestion has been decided already.');
