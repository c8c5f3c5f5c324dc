import { DomainError } from '../platform/index.js';

/** 409: what is wanted does not fit the campaign's present state. */
export const campaignStateConflict = (state: string, wanted: string): DomainError =>
  new DomainError('CAMPAIGN_STATE_CONFLICT', 'conflict', `The campaign is ${state}: it cannot ${wanted}.`);

export const fixedAfterPublishing = (path: string): DomainError =>
  new DomainError(
    'FIXED_AFTER_PUBLISHING',
    'conflict',
    `${path}: is fixed once the campaign is published; creators join on it.`,
    { errors: [{ path, message: 'is fixed once the campaign is published' }] },
  );
