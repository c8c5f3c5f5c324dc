/** A cash-out's life: pending, then paid or cancelled; what was paid may come back, in parts too (rule 4.3). */
export const CASHOUT_STATES = ['pending', 'success', 'cancelled', 'refund'] as const;
export type CashoutState = (typeof CASHOUT_STATES)[number];

/** While in one of these, the amount is on its way and the payment method must stay. */
export const OPEN_CASHOUT_STATES: readonly CashoutState[] = ['pending'];

interface Decision {
  from: CashoutState;
  to: CashoutState;
  /** Past participle, for messages and event names. */
  done: string;
}

/**
 * What can be decided about a cash-out. Each decision leaves one state and so happens once; a refund may be followed by
 * others until all came back.
 */
export const CASHOUT_DECISIONS = {
  cancel: { from: 'pending', to: 'cancelled', done: 'cancelled' },
  accept: { from: 'pending', to: 'success', done: 'accepted' },
  refund: { from: 'success', to: 'refund', done: 'refunded' },
} as const satisfies Record<string, Decision>;
export type CashoutDecision = keyof typeof CASHOUT_DECISIONS;
