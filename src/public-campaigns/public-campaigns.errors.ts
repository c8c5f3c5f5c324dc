import { DomainError, type FieldError, invalidField } from '../platform/index.js';
import { JOIN_CLOSURES } from './domain/campaign-status.js';
import { type Ineligibility, INELIGIBILITIES } from './domain/eligibility.js';
import type { PostFault, PostState } from './domain/post-state.js';

/** 409: what is wanted does not fit the campaign's present state. */
export const campaignStateConflict = (state: string, wanted: string): DomainError =>
  new DomainError('CAMPAIGN_STATE_CONFLICT', 'conflict', `The campaign is ${state}: it cannot ${wanted}.`);

export const fixedAfterPublishing = (path: string): DomainError =>
  new DomainError(
    'FIXED_AFTER_PUBLISHING',
    'conflict',
    `${path}: is fixed once the campaign is published; creators join on it.`,
    { errors: [{ path, message: 'is fixed once the campaign is published' }] },
  );

const CLOSURES = { ...JOIN_CLOSURES, CAMPAIGN_UPCOMING: 'The campaign has not begun.' } as const;

/** 409: nobody can do that at the campaign now (E03, E04). */
export const campaignClosed = (because: keyof typeof CLOSURES): DomainError =>
  new DomainError(because, 'conflict', CLOSURES[because]);

export const alreadyJoined = (): DomainError =>
  new DomainError('ALREADY_JOINED', 'conflict', INELIGIBILITIES.ALREADY_JOINED);

/** 422 with everything that keeps the creator from joining. @param termsVersion the one to accept, if it was not */
export function notEligible(faults: readonly Ineligibility[], termsVersion: number | null): DomainError {
  const errors = faults.map((fault): FieldError => ({
    path: 'connectedAccountId',
    message: INELIGIBILITIES[fault],
  }));
  const message = `must be ${termsVersion}, the version of the terms that is in force`;
  if (termsVersion !== null) errors.push({ path: 'acceptedTermsVersion', message });
  const reasons = [...faults, ...(termsVersion === null ? [] : ['TERMS_NOT_ACCEPTED'])];
  return new DomainError('NOT_ELIGIBLE', 'invalid', 'You cannot join this campaign; `reasons` says why.', {
    errors,
    reasons,
  });
}

export const notAPostOf = (platform: string): DomainError =>
  invalidField('url', `must be the address of a post at ${platform}, as its page shows it`);

export const postAlreadyKnown = (): DomainError =>
  new DomainError('POST_ALREADY_KNOWN', 'conflict', 'This post is in the list already.');

/** 409: the platform is asked about each, and does not answer without end. */
export const tooManyPostsWaiting = (most: number): DomainError =>
  new DomainError(
    'TOO_MANY_POSTS_WAITING',
    'conflict',
    `${most} posts wait to be looked at; give further addresses when they have been.`,
  );

/** 409: the state of the post, or what is wrong with it, does not allow that. */
export const postStateConflict = (state: PostState, fault: PostFault | null): DomainError =>
  new DomainError(
    'POST_STATE_CONFLICT',
    'conflict',
    fault
      ? `The post is ${state} (${fault}): that cannot be decided.`
      : `The post is ${state}: that cannot be decided.`,
    { state, fault },
  );

/** 409: what counts and nobody has decided on is approved by now. */
export const reviewPeriodOver = (): DomainError =>
  new DomainError(
    'REVIEW_PERIOD_OVER',
    'conflict',
    'The time to decide is over: the post counts as approved.',
  );

const NOT_PAYABLE = {
  POST_NOT_APPROVED: 'The post is not approved.',
  CAMPAIGN_NOT_OVER: 'Approved posts are paid when the campaign is over.',
  NOTHING_TO_PAY: 'Nothing is accrued for the post.',
} as const;

/** 409: nothing can be paid for the post, or not yet (E08). */
export const notPayable = (because: keyof typeof NOT_PAYABLE, reason: string | null = null): DomainError =>
  new DomainError(because, 'conflict', [NOT_PAYABLE[because], reason].filter(Boolean).join(' '), { reason });
