export const SOCIAL_PLATFORMS = ['instagram', 'youtube', 'tiktok'] as const;

export const SOCIAL_ACCOUNT_STATES = ['unverified', 'pending', 'verified', 'rejected'] as const;
export type SocialAccountState = (typeof SOCIAL_ACCOUNT_STATES)[number];

/** What changes a social account's state: the partner requests, an operator decides. */
export type SocialAccountAction = 'request' | 'verify' | 'reject';

interface Transition {
  readonly from: readonly SocialAccountState[];
  readonly to: SocialAccountState;
}

/** The life of a social account (T08): asking again gives a new code, a rejection may be followed by another try. */
export const TRANSITIONS: Readonly<Record<SocialAccountAction, Transition>> = {
  request: { from: ['unverified', 'pending', 'rejected'], to: 'pending' },
  verify: { from: ['pending'], to: 'verified' },
  reject: { from: ['pending'], to: 'rejected' },
};

/**
 * A handle in its one spelling: NFKC, lower case, without surrounding blanks and leading @ signs; empty when nothing
 * is left.
 */
export function normaliseHandle(handle: string): string {
  return handle
    .normalize('NFKC')
    .toLowerCase()
    .replace(/^[\s@]+/, '')
    .trimEnd();
}

/** Letters and digits that cannot be mistaken for one another when they are copied by hand. */
export const CODE_ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
export const CODE_LENGTH = 8;

/** A code as an operator may have copied it out of a message, in its one spelling: capitals without blanks and dashes. */
export function normaliseCode(code: string): string {
  return code.replaceAll(/[\s-]/g, '').toUpperCase();
}
