import { isValidBIC, isValidIBAN } from 'ibantools';
import validator from 'multicoin-address-validator';
import type { FieldError } from '../../platform/errors/domain-error.js';

/** The kinds of account that money can be paid out to (A26). */
export const PAYMENT_METHOD_TYPES = ['bank_transfer', 'paypal', 'crypto_address', 'other'] as const;
export type PaymentMethodTypeCode = (typeof PAYMENT_METHOD_TYPES)[number];

/** A payment method's fields by name, normalised. */
export type MethodFields = Readonly<Record<string, string>>;

/** One field of a payment method type: how it is asked for, checked and shown. */
export interface FieldSchema {
  name: string;
  title: string;
  description: string;
  maxLength: number;
  /** The only values allowed, where there is a choice. */
  choices?: readonly string[];
  /** Brings the input into the form that is kept. */
  normalise(value: string): string;
  /** What is wrong with a normalised value, or null. */
  fault(value: string, fields: MethodFields): string | null;
  /** What may be shown of it: enough for the owner to recognise it. */
  mask(value: string): string;
}

/** The networks whose address format a coin is paid on; tokens are paid on the network that the address tells. */
const NETWORKS: Readonly<Record<string, readonly string[]>> = {
  BTC: ['btc'],
  ETH: ['eth'],
  LTC: ['ltc'],
  BCH: ['bch'],
  DOGE: ['doge'],
  TRX: ['trx'],
  USDT: ['eth', 'trx'],
  USDC: ['eth'],
};

/** Coins that can be paid to a crypto address. */
export const PAYOUT_COINS: readonly string[] = Object.keys(NETWORKS);

const HIDDEN = '****';
/** Line breaks are for addresses written in several lines. */
const CONTROL = /(?![\t\r\n])\p{Cc}/u;
const EMAIL = /^[^\s@<>(),;:"\\[\]]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}$/;

const withoutSpaces = (value: string) => value.replaceAll(/\s/g, '').toUpperCase();
const trimmed = (value: string) => value.trim().replaceAll(/\s+/g, ' ');
const showEnds = (head: number, tail: number) => (value: string) =>
  value.length < (head + tail) * 2
    ? HIDDEN
    : value.slice(0, head) + HIDDEN + (tail ? value.slice(-tail) : '');

/** The field schemas of every type: the one table behind validation, masking and documentation. */
export const FIELD_SCHEMAS: Readonly<Record<PaymentMethodTypeCode, readonly FieldSchema[]>> = {
  bank_transfer: [
    {
      name: 'holder',
      title: 'Account holder',
      description: 'Name of the account holder as the bank knows it.',
      maxLength: 70,
      normalise: trimmed,
      fault: (value) => (/\p{L}/u.test(value) ? null : 'must hold a name'),
      mask: (value) =>
        value
          .split(' ')
          .map((word) => [...word][0] + HIDDEN)
          .join(' '),
    },
    {
      name: 'iban',
      title: 'IBAN',
      description: 'International bank account number (ISO 13616), with or without spaces.',
      maxLength: 42,
      normalise: withoutSpaces,
      fault: (value) =>
        isValidIBAN(value)
          ? null
          : 'must be an IBAN with a right checksum, such as DE89 3704 0044 0532 0130 00',
      mask: showEnds(2, 4),
    },
    {
      name: 'bic',
      title: 'BIC',
      description: 'Bank identifier code (ISO 9362) of 8 or 11 characters.',
      maxLength: 14,
      normalise: withoutSpaces,
      fault: (value) =>
        isValidBIC(value) ? null : 'must be a BIC of 8 or 11 characters, such as COBADEFFXXX',
      mask: showEnds(4, 0),
    },
  ],
  paypal: [
    {
      name: 'email',
      title: 'PayPal e-mail',
      description: 'E-mail address of the PayPal account.',
      maxLength: 254,
      normalise: (value) => value.trim(),
      fault: (value) => (EMAIL.test(value) ? null : 'must be an e-mail address'),
      mask: (value) => value.slice(0, 1) + HIDDEN + value.slice(value.lastIndexOf('@')),
    },
  ],
  crypto_address: [
    {
      name: 'coin',
      title: 'Coin',
      description: 'Coin that the address receives.',
      maxLength: 5,
      choices: PAYOUT_COINS,
      normalise: withoutSpaces,
      fault: (value) => (PAYOUT_COINS.includes(value) ? null : `must be one of ${PAYOUT_COINS.join(', ')}`),
      mask: (value) => value,
    },
    {
      name: 'address',
      title: 'Address',
      description:
        'Main network address. USDT goes to an Ethereum or a Tron address, USDC to an Ethereum one.',
      maxLength: 120,
      normalise: (value) => value.trim(),
      fault: (value, { coin = '' }) => addressFault(value, coin),
      mask: showEnds(4, 4),
    },
  ],
  other: [
    {
      name: 'description',
      title: 'Payment details',
      description: 'Where and how to pay, in your own words.',
      maxLength: 500,
      normalise: (value) => value.trim(),
      fault: (value) => (value.length >= 5 ? null : 'must have at least 5 characters'),
      mask: showEnds(3, 0),
    },
  ],
};

function addressFault(address: string, coin: string): string | null {
  const networks = NETWORKS[coin];
  // The coin's own fault is enough to report.
  if (!networks) return null;
  const fits = networks.some((network) => validator.validate(address, network));
  return fits ? null : `must be a ${coin} address of the main network with a right checksum`;
}

/** Reads a method's fields: either all of them normalised, or every fault with the right form (rule 4.2). */
export function readMethodFields(
  type: PaymentMethodTypeCode,
  input: Readonly<Record<string, unknown>>,
): { fields: MethodFields; faults: FieldError[] } {
  const schemas = FIELD_SCHEMAS[type];
  const faults: FieldError[] = [];
  const fields: Record<string, string> = {};
  for (const schema of schemas) {
    const value: unknown = Object.hasOwn(input, schema.name) ? input[schema.name] : undefined;
    if (typeof value !== 'string' || value.trim() === '') faults.push(fieldFault(schema.name, 'is required'));
    else if (value.length > schema.maxLength)
      faults.push(fieldFault(schema.name, `must have at most ${schema.maxLength} characters`));
    else if (CONTROL.test(value)) faults.push(fieldFault(schema.name, 'must not hold control characters'));
    else fields[schema.name] = schema.normalise(value);
  }
  for (const schema of schemas) {
    const value = fields[schema.name];
    const fault = value === undefined ? null : schema.fault(value, fields);
    if (fault) faults.push(fieldFault(schema.name, fault));
  }
  const known = schemas.map((schema) => schema.name);
  for (const name of Object.keys(input).filter((key) => !known.includes(key))) {
    faults.push(fieldFault(name, `is not a field of ${type}; its fields are ${known.join(', ')}`));
  }
  return { fields, faults };
}

function fieldFault(name: string, message: string): FieldError {
  return { path: `fields.${name}`, message };
}

/** A method's fields as they may be shown. */
export function maskMethodFields(type: PaymentMethodTypeCode, fields: MethodFields): Record<string, string> {
  const shown = FIELD_SCHEMAS[type].filter((schema) => fields[schema.name] !== undefined);
  return Object.fromEntries(shown.map((schema) => [schema.name, schema.mask(fields[schema.name]!)]));
}
