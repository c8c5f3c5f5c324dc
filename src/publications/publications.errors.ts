import { DomainError, type FieldError } from '../platform/index.js';
import { stateOf, type Step, type TimeFault } from './domain/publication-state.js';

/** 409: what is asked is not open in this step, or somebody else was faster. */
export function publicationStateConflict(step: Step): DomainError {
  const { state, reviewOf } = stateOf(step);
  const stands = reviewOf === null ? state : `${state} of the ${reviewOf}`;
  return new DomainError(
    'PUBLICATION_STATE_CONFLICT',
    'conflict',
    `This cannot be done to a publication in the state ${stands}.`,
    { state, reviewOf },
  );
}

const LATE: Readonly<Record<TimeFault, string>> = {
  DEADLINE_PASSED: 'The deadline has passed; the collaboration is over.',
  REVIEW_PERIOD_OVER: 'The time to decide is over: the publication counts as confirmed.',
  NOT_DUE: 'This is not due yet.',
};

/** 409: it comes too late, whether or not that is written down already. */
export const atWrongTime = (fault: TimeFault): DomainError => new DomainError(fault, 'conflict', LATE[fault]);

/** 409: one creator takes part in an offer once. */
export const alreadyTakingPart = (publicationId: string): DomainError =>
  new DomainError('ALREADY_TAKING_PART', 'conflict', 'You take part in this offer already.', {
    publicationId,
  });

/** 409: who was rejected has no second try. */
export const rejectedBefore = (publicationId: string): DomainError =>
  new DomainError('REJECTED_BEFORE', 'conflict', 'You were rejected at this offer; there is no second try.', {
    publicationId,
  });

/** 409: as many creators take part as the brand wants. */
export const offerFull = (capacity: number): DomainError =>
  new DomainError('OFFER_FULL', 'conflict', `All ${capacity} places of this offer are taken.`, { capacity });

/** 422 that tells every reason why a creator cannot take part. */
export function notEligible(reasons: readonly FieldError[]): DomainError {
  const summary = reasons.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return new DomainError('NOT_ELIGIBLE', 'invalid', summary, { errors: [...reasons] });
}

/** 409: the offer does not pay for orders. */
export const noPromoCodes = (): DomainError =>
  new DomainError('OFFER_WITHOUT_PROMO_CODES', 'conflict', 'This offer has no promo codes.');

/** 409: codes are for those whose platform the brand has accepted, where it asks for that. */
export const promoCodeNotReady = (): DomainError =>
  new DomainError(
    'PROMO_CODE_NOT_READY',
    'conflict',
    'Take part in the offer first; where the brand looks at your platform, it must have approved it.',
  );

/** 409: no more files at one publication. */
export const tooManyFiles = (most: number): DomainError =>
  new DomainError('TOO_MANY_FILES', 'conflict', `A publication has at most ${most} files.`);

/** 409: a reward is taken back once. */
export const alreadyReversed = (): DomainError =>
  new DomainError('PUBLICATION_REVERSED', 'conflict', 'This publication is reversed already.');
