import { DomainError } from '../../platform/index.js';

/** Whole seconds after which asking a faulty provider again makes sense. */
const PROVIDER_RETRY_AFTER_SECONDS = 30;

export const providerUnavailable = (title: string): DomainError =>
  new DomainError(
    'OIDC_PROVIDER_UNAVAILABLE',
    'unavailable',
    `${title} does not answer as it should; try again soon, or sign in with your password.`,
    { retryAfterSeconds: PROVIDER_RETRY_AFTER_SECONDS },
  );

export const providerNotTrusted = (title: string): DomainError =>
  new DomainError(
    'OIDC_ANSWER_REFUSED',
    'unauthenticated',
    `What came back from ${title} does not prove who you are. Start the sign-in again.`,
  );

export const signInDeclined = (): DomainError =>
  new DomainError('OIDC_DECLINED', 'forbidden', 'The sign-in at the provider was declined.');

export const requestUnknown = (): DomainError =>
  new DomainError(
    'OIDC_REQUEST_UNKNOWN',
    'invalid',
    'This sign-in was not begun in this browser, was finished already, or took longer than ten minutes. Start again.',
    { errors: [{ path: 'state', message: 'is not that of a sign-in under way in this browser' }] },
  );

export const providerEmailNotVerified = (): DomainError =>
  new DomainError(
    'OIDC_EMAIL_NOT_VERIFIED',
    'forbidden',
    'The provider does not vouch for an e-mail address of yours. Confirm it there, or sign in with your password.',
  );

/** The address has an account: its password, and code where enabled, must show that both are of one person. */
export const linkRequired = (ticket: string, email: string): DomainError =>
  new DomainError(
    'LINK_REQUIRED',
    'unauthenticated',
    'This address has an account. Send its `password` with this `ticket` to /auth/oidc/complete to link the two.',
    { ticket, email },
  );

export const otpRequiredFor = (ticket: string): DomainError =>
  new DomainError(
    'OTP_REQUIRED',
    'unauthenticated',
    'Send the present code of your authenticator app as `otp`, with this `ticket`, to /auth/oidc/complete.',
    { ticket },
  );

/** Who is invited has no password to link with yet. */
export const invitationPending = (): DomainError =>
  new DomainError(
    'INVITATION_PENDING',
    'forbidden',
    'This address is invited: accept the invitation by the link that was mailed to it, then sign in.',
  );

/** No account is made silently: a partner's approval needs more than a provider knows. */
export const signUpRequired = (email: string, name: string | null): DomainError =>
  new DomainError(
    'SIGN_UP_REQUIRED',
    'forbidden',
    'No account has this address yet. Sign up at /auth/register first; `signUp` says what can be filled in.',
    { signUp: { email, name } },
  );

export const ticketUnknown = (): DomainError =>
  new DomainError('INVALID_TICKET', 'invalid', 'ticket: is wrong, expired or already used', {
    errors: [{ path: 'ticket', message: 'is wrong, expired or already used' }],
  });

export const identityTaken = (): DomainError =>
  new DomainError('IDENTITY_TAKEN', 'conflict', 'This identity is linked to another account.');
