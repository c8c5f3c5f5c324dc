/** A line of a payout batch: one cash-out; succeeded, failed and cancelled are final (B09, rule 4.6). */
export const PAYOUT_LINE_STATES = ['pending', 'sent', 'unknown', 'succeeded', 'failed', 'cancelled'] as const;
export type PayoutLineState = (typeof PAYOUT_LINE_STATES)[number];

/** What happens to a line: the batch's actions, and the results `succeed` and `fail`. */
export const PAYOUT_LINE_ACTIONS = [
  'send',
  'attempt',
  'accept',
  'refuse',
  'succeed',
  'fail',
  'release',
] as const;
export type PayoutLineAction = (typeof PAYOUT_LINE_ACTIONS)[number];

/** Each result once; `unknown` is left by what the provider says, or by a person who has looked into its books. */
const TRANSITIONS: Record<PayoutLineState, Partial<Record<PayoutLineAction, PayoutLineState>>> = {
  pending: { send: 'sent', attempt: 'unknown', release: 'cancelled' },
  sent: { succeed: 'succeeded', fail: 'failed', release: 'cancelled' },
  unknown: {
    attempt: 'unknown',
    accept: 'sent',
    refuse: 'pending',
    succeed: 'succeeded',
    fail: 'failed',
  },
  succeeded: {},
  failed: {},
  cancelled: {},
};

/** State after `action`, or null where it is not allowed. */
export function findNextLineState(from: PayoutLineState, action: PayoutLineAction): PayoutLineState | null {
  return TRANSITIONS[from][action] ?? null;
}

/** States that an action may change, as SQL conditions need them. */
export function lineStatesAllowing(action: PayoutLineAction): PayoutLineState[] {
  return PAYOUT_LINE_STATES.filter((state) => findNextLineState(state, action) !== null);
}

/** States in which the line's cash-out is the batch's alone: nobody else decides about it. */
export const LIVE_LINE_STATES = PAYOUT_LINE_STATES.filter((state) =>
  PAYOUT_LINE_ACTIONS.some((action) => findNextLineState(state, action) !== null),
);

/** What was reported of a payment. */
export const PAYOUT_OUTCOMES = ['succeeded', 'failed'] as const;
export type PayoutOutcome = (typeof PAYOUT_OUTCOMES)[number];

/** The action by which an outcome is recorded. */
export const ACTION_OF_OUTCOME = { succeeded: 'succeed', failed: 'fail' } as const satisfies Record<
  PayoutOutcome,
  PayoutLineAction
>;
