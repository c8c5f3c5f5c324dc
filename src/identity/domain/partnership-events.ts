import { describe, ended } from './event-description.js';

const REQUEST = { requestType: 'text', title: 'personal', price: 'money' } as const;

/** What becomes of a partnership, and of what a partner asks for. */
export const PARTNERSHIP_EVENTS = {
  partner_suspended: describe('Partnership suspended', 'partner', { reason: 'text' }, ({ reason }) =>
    ended('The program suspended your partnership; nothing is earned from then on', reason),
  ),
  partner_reactivated: describe('Partnership reactivated', 'partner', {}, () => {
    return 'The program reactivated your partnership: what happens from then on is earned again.';
  }),
  manager_assigned: describe('Personal manager assigned', 'user', {}, (_, name) => {
    return `${name} is your personal manager now.`;
  }),
  manager_removed: describe('Personal manager removed', 'partner', {}, () => {
    return 'You have no personal manager any more.';
  }),
};

export const REQUEST_EVENTS = {
  request_opened: describe('Request made', 'request', REQUEST, ({ requestType }) => {
    return `${aRequest(requestType)} was sent to the program.`;
  }),
  request_cancelled: describe('Request cancelled', 'request', REQUEST, ({ requestType }) => {
    return `${aRequest(requestType)} was taken back.`;
  }),
  request_approved: describe('Request approved', 'request', REQUEST, ({ requestType }) => {
    return `${aRequest(requestType)} was approved.`;
  }),
  request_rejected: describe(
    'Request declined',
    'request',
    { ...REQUEST, reason: 'text' },
    ({ requestType, reason }) => ended(`${aRequest(requestType)} was declined`, reason),
  ),
  request_expired: describe('Request expired', 'request', REQUEST, ({ requestType }) => {
    return `${aRequest(requestType)} was not decided in time and has expired.`;
  }),
  package_changed: describe(
    'Package changed',
    'partner',
    { packageId: 'id', packageName: 'text' },
    ({ packageName }) => `Your package is ${packageName} now.`,
  ),
  package_terms_changed: describe(
    'Package terms changed',
    'partner',
    { packageName: 'text' },
    ({ packageName }) => `What ${packageName} allows was changed by the program; what you have made stays.`,
  ),
};

/** A request in words. @param type for example `ad_package` */
function aRequest(type: string | null): string {
  const words = (type ?? '').replace('add_on', 'add-on').replaceAll('_', ' ');
  return `${/^a/.test(words) ? 'An' : 'A'} ${words} request`;
}
