/** States of a bill; paid and cancelled are final (rule 3.6). */
export const BILL_STATES = ['pending', 'on_hold', 'paid', 'cancelled'] as const;
export type BillState = (typeof BILL_STATES)[number];

/** What an operator can do with a bill. */
export const BILL_ACTIONS = ['approve', 'hold', 'release', 'cancel', 'correct'] as const;
export type BillAction = (typeof BILL_ACTIONS)[number];

/** The whole life of a bill: an action that is missing under a state is refused there (rule 3.6). */
const TRANSITIONS: Record<BillState, Partial<Record<BillAction, BillState>>> = {
  pending: { approve: 'paid', hold: 'on_hold', cancel: 'cancelled', correct: 'pending' },
  on_hold: { approve: 'paid', hold: 'on_hold', release: 'pending', cancel: 'cancelled', correct: 'on_hold' },
  paid: {},
  cancelled: {},
};

/** State after `action`, or null where rule 3.6 does not allow it. */
export function findNextBillState(from: BillState, action: BillAction): BillState | null {
  return TRANSITIONS[from][action] ?? null;
}

/** States from which `action` is allowed, for the refusal's text. */
export function statesAllowing(action: BillAction): BillState[] {
  return BILL_STATES.filter((state) => findNextBillState(state, action) !== null);
}
