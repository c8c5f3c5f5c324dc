import { DomainError, type FieldError } from '../../platform/index.js';

export const adPackageNameTaken = (): DomainError =>
  new DomainError('AD_PACKAGE_NAME_TAKEN', 'conflict', 'name: is the name of another advertising package', {
    errors: [{ path: 'name', message: 'is the name of another advertising package' }],
  });

export const adPackageNotOffered = (): DomainError =>
  new DomainError('AD_PACKAGE_NOT_OFFERED', 'conflict', 'This advertising package is not offered any more.');

/** 422 that names what there is and what was asked for. */
export const notEnoughImpressions = (available: number, asked: number): DomainError => {
  const message = `asks for ${asked}, and ${available} are available: ask for an advertising package, or end a campaign`;
  return new DomainError('NOT_ENOUGH_IMPRESSIONS', 'invalid', `impressions: ${message}`, {
    errors: [{ path: 'impressions', message }],
    available,
    asked,
  });
};

/** 422 that names every field of the ad that is not as its format needs it. */
export const invalidCreative = (errors: FieldError[]): DomainError =>
  new DomainError(
    'INVALID_CREATIVE',
    'invalid',
    errors.map(({ path, message }) => `${path}: ${message}`).join('; '),
    { errors },
  );

/** @param action in words, as in `An ad that is archived cannot be …` */
export const adStateConflict = (state: string, action: string): DomainError =>
  new DomainError(
    'AD_STATE_CONFLICT',
    'conflict',
    state === 'pending' && action === 'changed'
      ? 'An ad that waits for approval cannot be changed: take its request back first.'
      : `An ad that is ${state} cannot be ${action}.`,
  );

/** @param action in words, as in `An ad campaign that is ended cannot be …` */
export const adCampaignStateConflict = (state: string, action: string): DomainError =>
  new DomainError(
    'AD_CAMPAIGN_STATE_CONFLICT',
    'conflict',
    `An ad campaign that is ${state} cannot be ${action}.`,
  );

export const noImpressionsLeft = (): DomainError =>
  new DomainError(
    'NO_IMPRESSIONS_LEFT',
    'conflict',
    'This ad campaign has shown all its impressions: end it, and launch another one.',
  );

export const adFileInUse = (): DomainError =>
  new DomainError('AD_FILE_IN_USE', 'conflict', 'An ad has this file: give the ad another one first.');

export const tooManyAdFiles = (most: number): DomainError =>
  new DomainError(
    'TOO_MANY_AD_FILES',
    'conflict',
    `There are ${most} files, as many as may be: delete some that no ad has.`,
  );

/** What was sent is no token of this program. */
export const invalidAdToken = (): DomainError =>
  new DomainError('INVALID_AD_TOKEN', 'malformed', 'This is not a token that the program has given out.', {
    errors: [{ path: 'token', message: 'must be the token of an ad, as it was given out' }],
  });

export const adTokenExpired = (): DomainError =>
  new DomainError('AD_TOKEN_EXPIRED', 'conflict', 'This token has expired: ask for another ad.');

export const rendersBusy = (): DomainError =>
  new DomainError('RENDERS_BUSY', 'unavailable', 'Too many renders are being confirmed; try again soon.', {
    retryAfterSeconds: 1,
  });
