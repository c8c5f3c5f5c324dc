import { csvLine, type Money } from '../../platform/index.js';

/** One payment to a PayPal account. */
export interface PaypalPayment {
  /** At most 30 characters, unique for good. */
  readonly reference: string;
  readonly email: string;
  readonly amount: Money;
}

const NOTE = 'Payout';
const WALLET = 'PAYPAL';
/** What {@link csvLine} would make inert, and so another address. */
const ACTIVE = /^[=+\-@]/;

/** Whether a file can hold the address as it is: spreadsheets take some beginnings for formulas. */
export function fitsPaypalCsv(email: string): boolean {
  return !ACTIVE.test(email);
}

/** Payments as PayPal's payouts file: recipient, amount, currency, reference, note and wallet, without a header. */
export function paypalCsv(payments: readonly PaypalPayment[]): string {
  return payments
    .map(({ reference, email, amount }) =>
      csvLine([email, amount.toString(), amount.currency, reference, NOTE, WALLET]),
    )
    .join('');
}
