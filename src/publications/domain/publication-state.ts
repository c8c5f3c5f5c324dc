/**
 * Where a publication stands (rules §6). What clients see as `review` is two steps: of the content before it is
 * published, and of the publication.
 */
export const STEPS = [
  'moderation',
  'content_review',
  'review_of_content',
  'scheduled',
  'review_of_publication',
  'confirmed',
  'rejected',
  'overdue',
] as const;

export type Step = (typeof STEPS)[number];

/** What moves a publication on. */
export const ACTIONS = [
  'approve_platform',
  'submit_content',
  'approve_content',
  'decline_content',
  'submit_evidence',
  'confirm',
  'reject',
  'confirm_unanswered',
  'expire',
] as const;

export type Action = (typeof ACTIONS)[number];

/** Who does something to a publication. */
export type Side = 'partner' | 'brand' | 'operator' | 'system';

/** Declines of the content that end it. */
export const DECLINES_THAT_END = 3;

/** Days after which a publication that the brand has not decided on is confirmed. */
const DAYS_UNTIL_CONFIRMED = 14;
const DAY_MS = 86_400_000;

/** What decides where an action leads. */
export interface Standing {
  readonly step: Step;
  /** How often the content was declined. */
  readonly declines: number;
  readonly contentReviewRequired: boolean;
}

interface Move {
  readonly action: Action;
  readonly by: Side;
  readonly from: Step;
  readonly to: Step;
  /** Without it the move is always open. */
  readonly when?: (standing: Standing) => boolean;
}

const reviewsContent = ({ contentReviewRequired }: Standing): boolean => contentReviewRequired;
const isLastDecline = ({ declines }: Standing): boolean => declines + 1 >= DECLINES_THAT_END;

/** The one table of moves (T05); of those of an action from a step the first that is open counts. */
export const MOVES: readonly Move[] = [
  {
    action: 'approve_platform',
    by: 'brand',
    from: 'moderation',
    to: 'content_review',
    when: reviewsContent,
  },
  { action: 'approve_platform', by: 'brand', from: 'moderation', to: 'scheduled' },
  { action: 'reject', by: 'brand', from: 'moderation', to: 'rejected' },
  { action: 'submit_content', by: 'partner', from: 'content_review', to: 'review_of_content' },
  { action: 'approve_content', by: 'brand', from: 'review_of_content', to: 'scheduled' },
  { action: 'decline_content', by: 'brand', from: 'review_of_content', to: 'rejected', when: isLastDecline },
  { action: 'decline_content', by: 'brand', from: 'review_of_content', to: 'content_review' },
  { action: 'submit_evidence', by: 'partner', from: 'scheduled', to: 'review_of_publication' },
  { action: 'confirm', by: 'brand', from: 'review_of_publication', to: 'confirmed' },
  { action: 'confirm_unanswered', by: 'system', from: 'review_of_publication', to: 'confirmed' },
  { action: 'reject', by: 'brand', from: 'review_of_publication', to: 'rejected' },
  { action: 'expire', by: 'system', from: 'content_review', to: 'overdue' },
  { action: 'expire', by: 'system', from: 'scheduled', to: 'overdue' },
];

/** The first step that an offer asks for. */
export function firstStep(offer: { requiresModeration: boolean; contentReviewRequired: boolean }): Step {
  if (offer.requiresModeration) return 'moderation';
  return offer.contentReviewRequired ? 'content_review' : 'scheduled';
}

/** Where the action of that side leads; null where it is not open to it in this step. */
export function nextStep(action: Action, by: Side, standing: Standing): Step | null {
  const move = MOVES.find(
    ({ when, ...of }) =>
      of.action === action && of.by === by && of.from === standing.step && (when?.(standing) ?? true),
  );
  return move?.to ?? null;
}

/** What a step is to be done by, and when it is decided by itself. */
export interface StepTimes {
  /** From this moment on it is too late for the creator to hand in. */
  readonly deadlineAt: Date | null;
  /** From this moment on it is confirmed in the brand's place. */
  readonly confirmAt: Date | null;
}

/** The times of a step that is entered now. */
export function timesOf(
  step: Step,
  offer: { contentDays: number; publicationDays: number; autoConfirm: boolean },
  now: Date,
): StepTimes {
  const in_ = (days: number): Date => new Date(now.getTime() + days * DAY_MS);
  return {
    deadlineAt:
      step === 'content_review'
        ? in_(offer.contentDays)
        : step === 'scheduled'
          ? in_(offer.publicationDays)
          : null,
    confirmAt: step === 'review_of_publication' && offer.autoConfirm ? in_(DAYS_UNTIL_CONFIRMED) : null,
  };
}

/** Why an action comes at the wrong time. */
export type TimeFault = 'DEADLINE_PASSED' | 'REVIEW_PERIOD_OVER' | 'NOT_DUE';

/**
 * Whether the action comes in time; null when it does. What is late is refused whether or not a job has seen it yet: a
 * creator hands in before the deadline, and a brand rejects before the publication counts as confirmed.
 */
export function timeFault(action: Action, { deadlineAt, confirmAt }: StepTimes, now: Date): TimeFault | null {
  const reached = (at: Date | null): boolean => at !== null && now >= at;
  switch (action) {
    case 'submit_content':
    case 'submit_evidence':
      return reached(deadlineAt) ? 'DEADLINE_PASSED' : null;
    case 'reject':
      return reached(confirmAt) ? 'REVIEW_PERIOD_OVER' : null;
    case 'expire':
      return reached(deadlineAt) ? null : 'NOT_DUE';
    case 'confirm_unanswered':
      return reached(confirmAt) ? null : 'NOT_DUE';
    default:
      return null;
  }
}

/** States as clients see them. */
export const STATES = [
  'moderation',
  'content_review',
  'review',
  'scheduled',
  'confirmed',
  'rejected',
  'overdue',
] as const;

export type State = (typeof STATES)[number];

/** What is looked at in the state `review`. */
export const REVIEWED = ['content', 'publication'] as const;

export type Reviewed = (typeof REVIEWED)[number];

/** The step as clients see it. */
export function stateOf(step: Step): { state: State; reviewOf: Reviewed | null } {
  if (step === 'review_of_content') return { state: 'review', reviewOf: 'content' };
  if (step === 'review_of_publication') return { state: 'review', reviewOf: 'publication' };
  return { state: step, reviewOf: null };
}

/** The steps that a filter by state, and by what is reviewed, lets through; null when it says nothing. */
export function stepsOf(state: State | undefined, reviewOf: Reviewed | undefined): Step[] | null {
  if (state === undefined && reviewOf === undefined) return null;
  return STEPS.filter((step) => {
    const shown = stateOf(step);
    return (
      (state === undefined || shown.state === state) &&
      (reviewOf === undefined || shown.reviewOf === reviewOf)
    );
  });
}
