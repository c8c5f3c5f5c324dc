import { DomainError, invalidField } from '../platform/index.js';

export const requestAlreadyDecided = (): DomainError =>
  new DomainError('REQUEST_ALREADY_DECIDED', 'conflict', 'This request has been decided already.');

export const partnerStateConflict = (action: string): DomainError =>
  new DomainError('PARTNER_STATE_CONFLICT', 'conflict', `A partner in this state cannot be ${action}.`);

export const packageNameTaken = (): DomainError =>
  new DomainError('PACKAGE_NAME_TAKEN', 'conflict', 'name: is the name of another package', {
    errors: [{ path: 'name', message: 'is the name of another package' }],
  });

export const documentAlreadyDecided = (): DomainError =>
  new DomainError('DOCUMENT_ALREADY_DECIDED', 'conflict', 'This document has been decided already.');

export const documentApproved = (): DomainError =>
  new DomainError(
    'DOCUMENT_APPROVED',
    'conflict',
    'An approved document is part of the verification and cannot be deleted.',
  );

export const tooManyDocuments = (most: number): DomainError =>
  new DomainError(
    'TOO_MANY_DOCUMENTS',
    'conflict',
    `There are ${most} documents, as many as may be: delete one that is not approved first.`,
  );

export const socialAccountState = (): DomainError =>
  new DomainError(
    'SOCIAL_ACCOUNT_STATE',
    'conflict',
    'The verification of this social account is not waiting for this: it has been decided already, or was not asked for.',
  );

export const socialAccountTaken = (): DomainError =>
  new DomainError('SOCIAL_ACCOUNT_TAKEN', 'conflict', 'Another partner has verified this social account.');

/** 422 for a field that nobody can change once the partner has signed up. */
export const fixedAfterSignUp = (path: string): DomainError =>
  invalidField(
    path,
    'was fixed when you signed up and cannot be changed; write to us if it is wrong',
    'FIXED_AFTER_SIGN_UP',
  );
