import { DomainError, invalidField } from '../platform/index.js';
import type { Realm } from './domain/permissions.js';
import { ROLES, type TeamFault } from './domain/team-rules.js';

/** 401 that is the same for an unknown address, a wrong password, a locked and a blocked user (rule 10.1). */
export const invalidCredentials = (): DomainError =>
  new DomainError('INVALID_CREDENTIALS', 'unauthenticated', 'The e-mail, the password or the code is wrong.');

export const otpRequired = (field: 'otp' | 'code'): DomainError =>
  new DomainError(
    'OTP_REQUIRED',
    'unauthenticated',
    `Send the present code of your authenticator app as \`${field}\`.`,
  );

export const emailNotVerified = (): DomainError =>
  new DomainError(
    'EMAIL_NOT_VERIFIED',
    'forbidden',
    'Confirm your e-mail first: open the link we mailed to you. It works for three days; after that, ask for a new ' +
      'password at /auth/password/forgot, which confirms the address too.',
  );

export const unauthenticated = (): DomainError =>
  new DomainError(
    'UNAUTHENTICATED',
    'unauthenticated',
    'Sign in first: the access token is missing, wrong or expired.',
  );

export const permissionDenied = (permission: string): DomainError =>
  new DomainError('PERMISSION_DENIED', 'forbidden', `This needs the permission '${permission}'.`);

export const notWhileImpersonating = (permission: string): DomainError =>
  new DomainError(
    'NOT_WHILE_IMPERSONATING',
    'forbidden',
    `'${permission}' is for the partner's own people; exit the impersonation first.`,
  );

export const alreadyImpersonating = (): DomainError =>
  new DomainError(
    'ALREADY_IMPERSONATING',
    'conflict',
    'You are impersonating a partner already: exit that impersonation at /operator/impersonation/exit first.',
  );

export const notImpersonating = (): DomainError =>
  new DomainError('NOT_IMPERSONATING', 'conflict', 'No impersonation of yours is running.');

export const noOwnerToImpersonate = (): DomainError =>
  new DomainError('NO_OWNER', 'conflict', 'No owner of this partner can be signed in as.');

export const partnerNotActive = (): DomainError =>
  new DomainError('PARTNER_NOT_ACTIVE', 'forbidden', 'This is open to approved partners only.');

export const twoFactorRequired = (): DomainError =>
  new DomainError(
    'TWO_FACTOR_REQUIRED',
    'forbidden',
    'Enable two-factor authentication before financial actions.',
  );

export const stepUpRequired = (): DomainError =>
  new DomainError(
    'STEP_UP_REQUIRED',
    'unauthenticated',
    'Enter a fresh code at /auth/step-up, then repeat the request.',
  );

export const reauthenticationRequired = (): DomainError =>
  new DomainError(
    'REAUTHENTICATION_REQUIRED',
    'unauthenticated',
    'Sign in again, then repeat the request: this takes a sign-in of the last 10 minutes.',
  );

export const wrongCode = (): DomainError =>
  new DomainError('INVALID_CODE', 'invalid', 'code: is wrong, expired or already used', {
    errors: [{ path: 'code', message: 'is wrong, expired or already used' }],
  });

export const invalidToken = (): DomainError =>
  new DomainError('INVALID_TOKEN', 'invalid', 'token: is wrong, expired or already used', {
    errors: [{ path: 'token', message: 'is wrong, expired or already used' }],
  });

export const emailTaken = (): DomainError =>
  new DomainError('EMAIL_TAKEN', 'conflict', 'email: is already registered', {
    errors: [{ path: 'email', message: 'is already registered' }],
  });

export const weakPassword = (message: string, path: string): DomainError =>
  invalidField(path, message, 'WEAK_PASSWORD');

export const twoFactorState = (message: string): DomainError =>
  new DomainError('TWO_FACTOR_STATE', 'conflict', message);

export const twoFactorNotEnabled = (): DomainError =>
  twoFactorState('Two-factor authentication is not enabled.');

export const memberStateConflict = (message: string): DomainError =>
  new DomainError('MEMBER_STATE_CONFLICT', 'conflict', `This user ${message}.`);

export const blockedByOperator = (): DomainError =>
  new DomainError(
    'BLOCKED_BY_OPERATOR',
    'conflict',
    'An operator blocked this user and alone can unblock it.',
  );

/** Why the rules of the team refuse a change. */
export function teamRefusal(fault: TeamFault, realm: Realm): DomainError {
  const [leader] = ROLES[realm];
  switch (fault) {
    case 'not_leading':
      return permissionDenied(realm === 'operator' ? 'operator:users:write' : `${realm}:team:write`);
    case 'own_account':
      return new DomainError(
        'OWN_ACCOUNT',
        'conflict',
        'You cannot block yourself, take your own role away or reset your own two-factor authentication.',
      );
    case 'last_leader':
      return new DomainError(
        `LAST_${leader.toUpperCase()}`,
        'conflict',
        `This user is the last ${leader} who can sign in; make somebody else ${leader} first.`,
      );
  }
}
