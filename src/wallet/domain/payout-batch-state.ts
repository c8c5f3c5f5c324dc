/** A payout batch's life; settled and cancelled are final (B09, rule 4.6). */
export const PAYOUT_BATCH_STATES = [
  'draft',
  'approved',
  'sending',
  'unknown',
  'sent',
  'settled',
  'cancelled',
] as const;
export type PayoutBatchState = (typeof PAYOUT_BATCH_STATES)[number];

/**
 * What happens to a batch. Operators `approve`, `export` it as a file, `hand_over` to a provider, `cancel`. With a
 * provider: `attempt` before it is asked, then `accept` or `refuse` by its answer, or `deny` if it pays nothing after all.
 * A batch is `settle`d by the last result of its lines, and by a denial of the rest where something was paid.
 */
export const PAYOUT_BATCH_ACTIONS = [
  'approve',
  'export',
  'hand_over',
  'attempt',
  'accept',
  'refuse',
  'deny',
  'settle',
  'cancel',
] as const;
export type PayoutBatchAction = (typeof PAYOUT_BATCH_ACTIONS)[number];

/** An action that is missing under a state is refused there. Exporting again gives the same file and changes nothing. */
const TRANSITIONS: Record<PayoutBatchState, Partial<Record<PayoutBatchAction, PayoutBatchState>>> = {
  draft: { approve: 'approved', cancel: 'cancelled' },
  approved: { export: 'sent', hand_over: 'sending', cancel: 'cancelled' },
  sending: { attempt: 'unknown', cancel: 'cancelled' },
  // Nothing leads from here to a state in which it could be paid another way, but an answer of the provider.
  unknown: { attempt: 'unknown', accept: 'sent', refuse: 'approved', settle: 'settled' },
  sent: { export: 'sent', deny: 'cancelled', settle: 'settled' },
  settled: { export: 'settled' },
  cancelled: {},
};

/** State after `action`, or null where it is not allowed. */
export function findNextBatchState(
  from: PayoutBatchState,
  action: PayoutBatchAction,
): PayoutBatchState | null {
  return TRANSITIONS[from][action] ?? null;
}

/** States from which `action` is allowed, for the refusal's text. */
export function batchStatesAllowing(action: PayoutBatchAction): PayoutBatchState[] {
  return PAYOUT_BATCH_STATES.filter((state) => findNextBatchState(state, action) !== null);
}
