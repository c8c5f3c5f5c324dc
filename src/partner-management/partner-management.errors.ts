import type { ErasureObstacle } from '../identity/index.js';
import { DomainError, invalidField, LostRace } from '../platform/index.js';
import type { Feature, Limit, OfferingKind } from './domain/entitlements.js';

export const requestAlreadyDecided = (): DomainError =>
  new DomainError('REQUEST_ALREADY_DECIDED', 'conflict', 'This request has been decided already.');

export const requestPending = (): DomainError =>
  new DomainError('REQUEST_PENDING', 'conflict', 'A request for this waits for its decision already.');

export const partnerStateConflict = (action: string): DomainError =>
  new DomainError('PARTNER_STATE_CONFLICT', 'conflict', `A partner in this state cannot be ${action}.`);

export const tooManyPartners = (most: number): DomainError =>
  new DomainError(
    'TOO_MANY_PARTNERS',
    'invalid',
    `filter: matches more than ${most} partners, as many as may be changed at once; narrow it.`,
    { errors: [{ path: 'filter', message: `matches more than ${most} partners` }] },
  );

export const offeringNameTaken = (kind: OfferingKind): DomainError => {
  const [code, other] =
    kind === 'package' ? ['PACKAGE_NAME_TAKEN', 'another package'] : ['ADD_ON_NAME_TAKEN', 'another add-on'];
  const message = `is the name of ${other}`;
  return new DomainError(code, 'conflict', `name: ${message}`, { errors: [{ path: 'name', message }] });
};

export const offeringArchived = (name: string): DomainError =>
  new DomainError('OFFERING_ARCHIVED', 'conflict', `This ${name} is archived already.`);

export const packageIsDefault = (): DomainError =>
  new DomainError(
    'PACKAGE_IS_DEFAULT',
    'conflict',
    'This package is for sign-ups that name none, so it stays on offer.',
  );

/** Two packages were made the default at once; the one that was slower is tried again. */
export const defaultPackageChanging = (): LostRace =>
  new LostRace('DEFAULT_PACKAGE_CHANGING', 'Another package is being made the default; try again.');

/** 422 that names the limit, what the partner has of it, and its package. */
export const limitReached = (reached: {
  limit: Limit;
  most: number;
  used: number;
  packageName: string | null;
}): DomainError => {
  const { limit, most, used, packageName } = reached;
  const message = `at most ${most}, and there are ${used}`;
  return new DomainError(
    'LIMIT_REACHED',
    'invalid',
    `Your package ${packageName ?? ''} allows ${message}: ask for another package or an add-on to have more.`,
    { errors: [{ path: limit, message }], limit, most, used, package: packageName },
  );
};

/** 422 that names what is not included, and the partner's package. */
export const featureNotIncluded = (feature: Feature, packageName: string | null): DomainError =>
  new DomainError(
    'FEATURE_NOT_INCLUDED',
    'invalid',
    `Your package ${packageName ?? ''} does not include this: ask for another package or an add-on.`,
    { feature, package: packageName },
  );

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

/** 422 for a field that nobody can change once the partner has given it. */
export const fixedAfterSignUp = (path: string): DomainError =>
  invalidField(
    path,
    'was given before and cannot be changed; write to us if it is wrong',
    'FIXED_AFTER_SIGN_UP',
  );
export const dataExportRunning = (): DomainError =>
  new DomainError('DATA_EXPORT_RUNNING', 'conflict', 'A copy of your data is being made already.');

export const dataExportTooSoon = (retryAfterSeconds: number): DomainError =>
  new DomainError('DATA_EXPORT_TOO_SOON', 'too_many', 'A copy of your data was made within the last day.', {
    retryAfterSeconds,
  });

export const dataExportNotReady = (): DomainError =>
  new DomainError(
    'DATA_EXPORT_NOT_READY',
    'conflict',
    'There is no file to download: it is being made, could not be made, or has expired.',
  );

/** 409 that names everything that stands in the way; what is `waivable` passes with `acceptLoss`. */
export const erasureBlocked = (obstacles: readonly ErasureObstacle[]): DomainError =>
  new DomainError(
    'ERASURE_BLOCKED',
    'conflict',
    `Your data cannot be erased yet. ${obstacles.map(({ message }) => message).join(' ')}`,
    {
      errors: obstacles.map(({ code, message, waivable }) => ({
        path: code,
        message: waivable ? `${message} Wait until it is settled, or give it up by acceptLoss.` : message,
      })),
    },
  );

export const erasureRequested = (): DomainError =>
  new DomainError('ERASURE_REQUESTED', 'conflict', 'The erasure of your data has been requested already.');

export const noErasureToCancel = (): DomainError =>
  new DomainError('NO_ERASURE_TO_CANCEL', 'conflict', 'There is no requested erasure, or it has begun.');
