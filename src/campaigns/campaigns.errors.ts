import { DomainError } from '../platform/index.js';

/** 409: an archived campaign takes no new promos and no edits (A05). */
export const campaignArchived = (): DomainError =>
  new DomainError('CAMPAIGN_ARCHIVED', 'conflict', 'This campaign is archived; unarchive it first.');

/** 409: it is archived already, or active already. */
export const campaignStateConflict = (state: string): DomainError =>
  new DomainError('CAMPAIGN_STATE_CONFLICT', 'conflict', `This campaign is ${state} already.`);

/** 409: the traffic source is set once (A04). */
export const trafficSourceAlreadySet = (): DomainError =>
  new DomainError(
    'TRAFFIC_SOURCE_ALREADY_SET',
    'conflict',
    'The traffic source of a promo is never changed.',
    {
      errors: [{ path: 'trafficSourceId', message: 'is set already and cannot be changed' }],
    },
  );

/** 409: the code leads to another promo, or did once, or differs only in the case of its letters. */
export const linkCodeTaken = (code: string): DomainError =>
  new DomainError('LINK_CODE_TAKEN', 'conflict', `The code '${code}' is taken.`, {
    errors: [{ path: 'code', message: 'is taken, perhaps in other upper and lower case' }],
  });

/** 409: there is such a traffic source already. */
export const trafficSourceExists = (name: string): DomainError =>
  new DomainError('TRAFFIC_SOURCE_EXISTS', 'conflict', `There already is a traffic source '${name}'.`, {
    errors: [{ path: 'name', message: 'is taken by another traffic source' }],
  });
