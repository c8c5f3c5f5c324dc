import { DomainError, invalidField } from '../../platform/index.js';

/** 422: the link leads elsewhere than to the brand. */
export const linkElsewhere = (): DomainError =>
  invalidField('link', 'must lead to a host that the brand allows, or to that of its website');

/** 422: the deal would be over before it began, or is over already. */
export const endsTooEarly = (): DomainError =>
  invalidField('endsAt', 'must be later than startsAt, and not in the past');

/** 409: operators took the deal off, and it stays so. */
export const dealRemoved = (): DomainError =>
  new DomainError('DEAL_REMOVED', 'conflict', 'This deal was removed by the program; make another one.');
