import { DomainError, type SocialPlatformName, socialCredentialNames } from '../../platform/index.js';

/** How the platforms call themselves. */
export const PLATFORM_TITLES: Readonly<Record<SocialPlatformName, string>> = {
  instagram: 'Instagram',
  youtube: 'YouTube',
  tiktok: 'TikTok',
};

/** 422 while the program has no application at the platform. */
export const platformNotConfigured = (platform: SocialPlatformName): DomainError =>
  new DomainError(
    'PLATFORM_NOT_CONFIGURED',
    'invalid',
    `Accounts at ${PLATFORM_TITLES[platform]} cannot be connected: the program's settings ` +
      `${socialCredentialNames(platform).join(' and ')} are not set.`,
    { errors: [{ path: 'platform', message: 'is not set up by the program yet' }] },
  );

/** 422: the way back fits none that this browser began. */
export const authorizationUnknown = (): DomainError =>
  new DomainError(
    'AUTHORIZATION_UNKNOWN',
    'invalid',
    'Nobody in this browser was connecting an account here, or it took longer than ten minutes: begin again.',
  );

/** 403: the person, or the platform for it, said no. */
export const authorizationDeclined = (platform: SocialPlatformName): DomainError =>
  new DomainError(
    'AUTHORIZATION_DECLINED',
    'forbidden',
    `You did not let the program read your account at ${PLATFORM_TITLES[platform]}: it is not connected.`,
  );

/** 422: the code was used before, has expired, or is somebody else's. */
export const authorizationRefused = (platform: SocialPlatformName): DomainError =>
  new DomainError(
    'AUTHORIZATION_REFUSED',
    'invalid',
    `${PLATFORM_TITLES[platform]} does not confirm the connection: begin again.`,
  );

/** 422: the creator agreed to less than is needed. */
export const scopeMissing = (platform: SocialPlatformName, missing: readonly string[]): DomainError =>
  new DomainError(
    'SCOPE_MISSING',
    'invalid',
    `Agree to all that ${PLATFORM_TITLES[platform]} asks you; without ${missing.join(', ')} your posts cannot be read.`,
  );

/** 422: there is no account that has posts, as a Google account without a channel. */
export const noAccountThere = (platform: SocialPlatformName): DomainError =>
  new DomainError(
    'NO_ACCOUNT_AT_PLATFORM',
    'invalid',
    `${PLATFORM_TITLES[platform]} names no account with a handle for you: make one there, then connect it.`,
  );

/** 503: the platform is out of order. */
export const platformUnavailable = (platform: SocialPlatformName): DomainError =>
  new DomainError(
    'PLATFORM_UNAVAILABLE',
    'unavailable',
    `${PLATFORM_TITLES[platform]} does not answer as it should; try again soon.`,
    { retryAfterSeconds: 60 },
  );

/** 409: another partner has connected or verified it. */
export const accountTaken = (): DomainError =>
  new DomainError('SOCIAL_ACCOUNT_TAKEN', 'conflict', 'This account is the one of another partner.');

/** 422: whoever verified an account connects that one. */
export const otherAccountVerified = (platform: SocialPlatformName, handle: string): DomainError =>
  new DomainError(
    'OTHER_ACCOUNT_VERIFIED',
    'invalid',
    `Your verified account at ${PLATFORM_TITLES[platform]} is ${handle}: connect that one.`,
  );
