/** Joined: waits to be looked at; effective: counts; warning: kept, and does not count, for a reason. */
export const POST_STATES = ['joined', 'effective', 'warning', 'approved', 'ineffective'] as const;
export type PostState = (typeof POST_STATES)[number];

/** Why a post does not count (E06, rule 7.3); the last one while the budget is used up by others (E03). */
export const POST_FAULTS = [
  'OUTSIDE_PERIOD',
  'WRONG_ACCOUNT',
  'SUSPENDED',
  'ERASED',
  'MISSING_TAG',
  'DUPLICATE',
  'NOT_FOUND',
  'OVER_BUDGET',
] as const;
export type PostFault = (typeof POST_FAULTS)[number];

/** What happens to a post: it was collected and passed or failed, a brand decided, or nobody did for two weeks. */
export const POST_ACTIONS = ['pass', 'fail', 'approve', 'reject', 'settle'] as const;
export type PostAction = (typeof POST_ACTIONS)[number];

/** Who says so: whether the campaign still runs changes what a brand may take back. */
export interface PostCircumstances {
  /** Why the post does not count. */
  fault: PostFault | null;
  /** Whether the campaign is over: decisions are final from then on. */
  over: boolean;
}

type Transition = { to: PostState; when?: (circumstances: PostCircumstances) => boolean };

/**
 * What a brand may overlook: it is the one who pays. Not what is another's, paid for elsewhere, gone, or unaffordable,
 * nor what operators have ruled out, nor what nobody could be paid for.
 */
const OVERLOOKED: ReadonlySet<PostFault | null> = new Set(['OUTSIDE_PERIOD', 'MISSING_TAG']);

const stillRunning = ({ over }: PostCircumstances): boolean => !over;
const mayOverlook = ({ fault }: PostCircumstances): boolean => fault === null || OVERLOOKED.has(fault);

/**
 * The life of a post (E07, rule 7.6), the one table of it: joined → effective | warning → approved | ineffective.
 * A decision may be taken back while the campaign runs. What is not in here is refused.
 */
export const POST_TRANSITIONS: Readonly<Record<PostState, Partial<Record<PostAction, Transition>>>> = {
  joined: {
    pass: { to: 'effective' },
    fail: { to: 'warning' },
    reject: { to: 'ineffective' },
  },
  effective: {
    pass: { to: 'effective' },
    fail: { to: 'warning' },
    approve: { to: 'approved' },
    reject: { to: 'ineffective' },
    settle: { to: 'approved' },
  },
  warning: {
    pass: { to: 'effective' },
    fail: { to: 'warning' },
    approve: { to: 'approved', when: mayOverlook },
    reject: { to: 'ineffective' },
  },
  approved: {
    // What is collected later brings figures, and leaves the decision alone.
    pass: { to: 'approved' },
    fail: { to: 'approved' },
    reject: { to: 'ineffective', when: stillRunning },
  },
  ineffective: {
    pass: { to: 'ineffective' },
    fail: { to: 'ineffective' },
    approve: { to: 'approved', when: (post) => stillRunning(post) && mayOverlook(post) },
  },
};

/** The state after an action, or null when the post's state does not allow it. */
export function nextPostState(
  from: PostState,
  action: PostAction,
  circumstances: PostCircumstances,
): PostState | null {
  const transition = POST_TRANSITIONS[from][action];
  return transition && (transition.when?.(circumstances) ?? true) ? transition.to : null;
}

/** Whether posts in the state count and have their rewards accrued. */
export function counts(state: PostState): boolean {
  return state === 'effective' || state === 'approved';
}
