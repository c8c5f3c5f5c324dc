import { isValidBIC, isValidIBAN } from 'ibantools';
import type { Environment } from './environment.js';

/** The account that payouts by bank transfer come from. */
export interface PayoutDebtor {
  name: string;
  /** Without spaces. */
  iban: string;
  bic: string;
}

/** PayPal's API with the credentials of an application. */
export interface PaypalSettings {
  /** Origin, without a trailing slash. */
  url: string;
  clientId: string;
  clientSecret: string;
  /** How long one call may take. */
  timeoutMs: number;
}

const DEBTOR = ['PAYOUT_DEBTOR_NAME', 'PAYOUT_DEBTOR_IBAN', 'PAYOUT_DEBTOR_BIC'] as const;
const CREDENTIALS = ['PAYPAL_CLIENT_ID', 'PAYPAL_CLIENT_SECRET'] as const;

/** The debtor's account; null where none is given. */
export function payoutDebtor(environment: Environment): PayoutDebtor | null {
  const { PAYOUT_DEBTOR_NAME: name, PAYOUT_DEBTOR_IBAN: iban, PAYOUT_DEBTOR_BIC: bic } = environment;
  return name && iban && bic ? { name, iban: withoutSpaces(iban), bic: withoutSpaces(bic) } : null;
}

/** PayPal's API; null where no credentials are given. */
export function paypalSettings(environment: Environment): PaypalSettings | null {
  const { PAYPAL_CLIENT_ID: clientId, PAYPAL_CLIENT_SECRET: clientSecret } = environment;
  if (!clientId || !clientSecret) return null;
  return {
    url: environment.PAYPAL_URL,
    clientId,
    clientSecret,
    timeoutMs: environment.PAYPAL_TIMEOUT_SECONDS * 1_000,
  };
}

/** What is wrong with the settings of payouts. */
export function payoutFaults(environment: Environment): string[] {
  const { PAYOUT_DEBTOR_IBAN: iban, PAYOUT_DEBTOR_BIC: bic } = environment;
  const faults = [DEBTOR, CREDENTIALS].flatMap((names: readonly (keyof Environment)[]) => {
    const missing = names.filter((name) => !environment[name]);
    if (missing.length === names.length) return [];
    return missing.map(
      (name) => `${name} is required with ${names.filter((other) => other !== name).join(' and ')}`,
    );
  });
  if (iban && !isValidIBAN(withoutSpaces(iban)))
    faults.push('PAYOUT_DEBTOR_IBAN must be an IBAN with a right checksum');
  if (bic && !isValidBIC(withoutSpaces(bic)))
    faults.push('PAYOUT_DEBTOR_BIC must be a BIC of 8 or 11 characters');
  return faults;
}

function withoutSpaces(text: string): string {
  return text.replaceAll(/\s/g, '').toUpperCase();
}
