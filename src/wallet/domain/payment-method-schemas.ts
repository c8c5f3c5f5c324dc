import { isValidBIC, isValidIBAN } from 'ibantools';
import { accountCurrencies } from './account-currencies.js';
import type { FieldSchema, PaymentMethodTypeCode } from './payment-method-types.js';
import { ADDRESS_COINS, addressFault } from './payout-coins.js';

const HIDDEN = '****';
const EMAIL = /^[^\s@<>(),;:"\\[\]]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}$/;
const HAS_LETTER_OR_DIGIT = /[\p{L}\p{Nd}]/u;

const withoutSpaces = (value: string): string => value.replaceAll(/\s/g, '').toUpperCase();
const trimmed = (value: string): string => value.trim().replaceAll(/\s+/g, ' ');
const shown = (value: string): string => value;
const showEnds =
  (head: number, tail: number) =>
  (value: string): string => {
    const characters = [...value];
    if (characters.length < (head + tail) * 2) return HIDDEN;
    return [...characters.slice(0, head), HIDDEN, ...(tail ? characters.slice(-tail) : [])].join('');
  };
const unless =
  (form: RegExp, fault: string) =>
  (value: string): string | null =>
    form.test(value) ? null : fault;

const HOLDER: FieldSchema = {
  name: 'holder',
  title: 'Account holder',
  description: 'Name of the account holder as the bank knows it.',
  form: 'text',
  example: 'Ada Lovelace',
  maxLength: 70,
  normalise: trimmed,
  fault: unless(/\p{L}/u, 'must hold a name'),
  mask: (value) =>
    value
      .split(' ')
      .map((word) => [...word][0] + HIDDEN)
      .join(' '),
};

const IBAN: FieldSchema = {
  name: 'iban',
  title: 'IBAN',
  description: 'International bank account number (ISO 13616), with or without spaces.',
  form: 'text',
  example: 'DE89 3704 0044 0532 0130 00',
  maxLength: 42,
  normalise: withoutSpaces,
  fault: (value) =>
    isValidIBAN(value)
      ? null
      : "must be an IBAN of its country's length with a right checksum, such as DE89 3704 0044 0532 0130 00",
  mask: showEnds(2, 4),
};

const BIC: FieldSchema = {
  name: 'bic',
  title: 'BIC',
  description: 'Bank identifier code (ISO 9362) of 8 or 11 characters.',
  form: 'text',
  example: 'COBADEFFXXX',
  maxLength: 14,
  normalise: withoutSpaces,
  fault: (value) => (isValidBIC(value) ? null : 'must be a BIC of 8 or 11 characters, such as COBADEFFXXX'),
  mask: showEnds(4, 0),
};

const COIN: FieldSchema = {
  name: 'coin',
  title: 'Coin',
  description: 'Coin that the address receives, whichever currency is withdrawn.',
  form: 'choice',
  example: 'BTC',
  maxLength: 5,
  choices: ADDRESS_COINS,
  normalise: withoutSpaces,
  fault: (value) => (ADDRESS_COINS.includes(value) ? null : `must be one of ${ADDRESS_COINS.join(', ')}`),
  mask: shown,
};

const ADDRESS: FieldSchema = {
  name: 'address',
  title: 'Address',
  description: 'Main network address. USDT goes to an Ethereum or a Tron address, USDC to an Ethereum one.',
  form: 'text',
  example: 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq',
  maxLength: 120,
  normalise: (value) => value.trim(),
  fault: (value, { coin = '' }) => addressFault(value, coin),
  mask: showEnds(4, 4),
};

const DETAILS: FieldSchema = {
  name: 'description',
  title: 'Payment details',
  description: 'Where and how to pay, in your own words.',
  form: 'multiline',
  example: 'Cheque by post to 1 Example Street, London',
  maxLength: 500,
  normalise: (value) => value.trim(),
  fault: (value) => (value.length >= 5 ? null : 'must have at least 5 characters'),
  mask: showEnds(3, 0),
};

/** An e-mail address that names an account or receives something. */
function email(title: string, description: string): FieldSchema {
  return {
    name: 'email',
    title,
    description,
    form: 'email',
    example: 'ada@example.com',
    maxLength: 254,
    normalise: (value) => value.trim(),
    fault: unless(EMAIL, 'must be an e-mail address'),
    mask: (value) => [...value][0] + HIDDEN + value.slice(value.lastIndexOf('@')),
  };
}

/** The name of something that is no secret. */
function name(field: Pick<FieldSchema, 'name' | 'title' | 'description' | 'example'>): FieldSchema {
  return {
    ...field,
    form: 'text',
    maxLength: 100,
    normalise: trimmed,
    fault: unless(HAS_LETTER_OR_DIGIT, 'must hold a name'),
    mask: shown,
  };
}

/** An account number whose form is known. */
function accountNumber(
  field: Pick<FieldSchema, 'name' | 'title' | 'description' | 'example'>,
  form: RegExp,
): FieldSchema {
  return {
    ...field,
    form: 'text',
    maxLength: 100,
    normalise: withoutSpaces,
    fault: unless(form, `must look like ${field.example}`),
    mask: showEnds(1, 3),
  };
}

/** The field schemas of every type: the one table behind validation, masking and documentation. */
export const FIELD_SCHEMAS: Readonly<Record<PaymentMethodTypeCode, readonly FieldSchema[]>> = {
  bank_transfer: [HOLDER, IBAN, BIC],
  paypal: [email('PayPal e-mail', 'E-mail address of the PayPal account.')],
  crypto_address: [COIN, ADDRESS],
  neteller: [
    email('Neteller e-mail', 'E-mail address of the Neteller account.'),
    accountNumber(
      {
        name: 'account',
        title: 'Account ID',
        description: 'Account ID of 12 digits, as Neteller shows it.',
        example: '451234567890',
      },
      /^[0-9]{12}$/,
    ),
  ],
  skrill: [email('Skrill e-mail', 'E-mail address of the Skrill account.')],
  webmoney: [
    accountNumber(
      {
        name: 'purse',
        title: 'Purse',
        description: `A letter and 12 digits. The letter tells the currency: ${accountCurrencies('webmoney')}.`,
        example: 'Z123456789012',
      },
      /^[ZEPKBXHLT][0-9]{12}$/,
    ),
  ],
  capitalist: [
    accountNumber(
      {
        name: 'account',
        title: 'Account number',
        description: `A letter and 7 to 10 digits. The letter tells the currency: ${accountCurrencies('capitalist')}.`,
        example: 'U0123456',
      },
      /^[UERBT][0-9]{7,10}$/,
    ),
  ],
  player_account: [
    name({ name: 'brand', title: 'Brand', description: 'Where you play.', example: 'Lucky Fox' }),
    {
      ...DETAILS,
      name: 'player',
      title: 'Player',
      description: 'Your login or player number there.',
      form: 'text',
      example: 'p-4711-ada',
      maxLength: 100,
      normalise: trimmed,
      fault: unless(HAS_LETTER_OR_DIGIT, 'must hold a login or a player number'),
    },
  ],
  gift_card: [
    name({ name: 'shop', title: 'Shop', description: 'Whose gift card you want.', example: 'Bookshop' }),
    email('Recipient’s e-mail', 'E-mail address that the code is sent to.'),
  ],
  other: [DETAILS],
};
