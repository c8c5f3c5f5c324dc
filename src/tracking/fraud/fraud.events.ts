/** Signals were raised, released or confirmed: what is held for review may have to be held, or no longer. */
export const FRAUD_SIGNALS_CHANGED = 'tracking.fraud_signals_changed';

export interface FraudSignalsChanged {
  /** Whose players and promos the signals are about. */
  readonly partnerIds: readonly string[];
}
