/** A cash-out's life: pending, then paid or cancelled; a payment may come back once (rule 4.3). */
export const CASHOUT_STATES = ['pending', 'success', 'cancelled', 'refund'] as const;
export type CashoutState = (typeof CASHOUT_STATES)[number];

interface Decision {
  from: CashoutState;
  to: CashoutState;
  /** Past participle, for messages and event names. */
  done: string;
}

/** What can be decided about a cash-out: each decision leaves one state and so happens once. */
export const CASHOUT_DECISIONS = {
  cancel: { from: 'pending', to: 'cancelled', done: 'cancelled' },
  accept: { from: 'pending', to: 'success', done: 'accepted' },
  refund: { from: 'success', to: 'refund', done: 'refunded' },
} as const satisfies Record<string, Decision>;
export type CashoutDecision = keyof typeof CASHOUT_DECISIONS;
