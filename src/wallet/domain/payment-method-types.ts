/** The kinds of account that money can be paid out to (A26, T10). */
export const PAYMENT_METHOD_TYPES = [
  'bank_transfer',
  'paypal',
  'crypto_address',
  'neteller',
  'skrill',
  'webmoney',
  'capitalist',
  'player_account',
  'gift_card',
  'other',
] as const;
export type PaymentMethodTypeCode = (typeof PAYMENT_METHOD_TYPES)[number];

/** A payment method's fields by name, normalised. */
export type MethodFields = Readonly<Record<string, string>>;

/** What a frontend shows to have a field filled in. */
export const FIELD_FORMS = ['text', 'multiline', 'email', 'choice'] as const;

/** One field of a payment method type: how it is asked for, checked and shown. */
export interface FieldSchema {
  name: string;
  title: string;
  description: string;
  form: (typeof FIELD_FORMS)[number];
  /** A value that is taken. */
  example: string;
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
