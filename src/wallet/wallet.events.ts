import type { CashoutDecision } from './domain/cashout-state.js';

/** Outbox events of cash-outs. */
export const CASHOUT_REQUESTED = 'wallet.cashout_requested';
export const CASHOUT_DECIDED = {
  cancel: 'wallet.cashout_cancelled',
  accept: 'wallet.cashout_accepted',
  refund: 'wallet.cashout_refunded',
} as const satisfies Record<CashoutDecision, string>;

/** Outbox events of payment methods. */
export const PAYMENT_METHOD_ADDED = 'wallet.payment_method_added';
export const PAYMENT_METHOD_DELETED = 'wallet.payment_method_deleted';

/** Payload of the cash-out events. */
export interface CashoutEvent {
  cashoutId: string;
  ownerId: string;
  amount: { amount: string; currency: string };
  paymentMethodId: string;
  comment: string | null;
}

/** Payload of the payment method events. */
export interface PaymentMethodEvent {
  paymentMethodId: string;
  ownerId: string;
  type: string;
}
