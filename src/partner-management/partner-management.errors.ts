import { DomainError } from '../platform/index.js';

export const requestAlreadyDecided = (): DomainError =>
  new DomainError('REQUEST_ALREADY_DECIDED', 'conflict', 'This request has been decided already.');

export const partnerStateConflict = (action: string): DomainError =>
  new DomainError('PARTNER_STATE_CONFLICT', 'conflict', `A partner in this state cannot be ${action}.`);

export const packageNameTaken = (): DomainError =>
  new DomainError('PACKAGE_NAME_TAKEN', 'conflict', 'name: is the name of another package', {
    errors: [{ path: 'name', message: 'is the name of another package' }],
  });
