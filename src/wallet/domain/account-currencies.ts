import { isOrdinaryMoney } from '../../platform/money/currencies.js';
import type { MethodFields, PaymentMethodTypeCode } from './payment-method-types.js';
import { ADDRESS_COINS } from './payout-coins.js';

/** Currencies of accounts whose number starts with a letter that tells it, by type. */
const CURRENCY_OF_LETTER = {
  webmoney: { Z: 'USD', E: 'EUR', P: 'RUB', K: 'KZT', B: 'BYN', X: 'BTC', H: 'BCH', L: 'LTC', T: 'USDT' },
  capitalist: { U: 'USD', E: 'EUR', R: 'RUB', B: 'BTC', T: 'USDT' },
} as const satisfies Partial<Record<PaymentMethodTypeCode, Record<string, string>>>;

/** The letters of a type's accounts with their currencies, for people. */
export function accountCurrencies(type: keyof typeof CURRENCY_OF_LETTER): string {
  return Object.entries(CURRENCY_OF_LETTER[type])
    .map(([letter, currency]) => `${letter} is ${currency}`)
    .join(', ');
}

/** Whether accounts of the type can be paid in the currency at all: banks and the like know no coins. */
export function typeTakesCurrency(type: PaymentMethodTypeCode, currency: string): boolean {
  switch (type) {
    case 'bank_transfer':
    case 'paypal':
    case 'neteller':
    case 'skrill':
      return isOrdinaryMoney(currency);
    case 'crypto_address':
      return isOrdinaryMoney(currency) || ADDRESS_COINS.includes(currency);
    case 'webmoney':
    case 'capitalist':
      return Object.values<string>(CURRENCY_OF_LETTER[type]).includes(currency);
    default:
      return true;
  }
}

/**
 * Whether this very account takes the currency: a purse takes its own only, and a coin goes only to an address of that
 * coin, while ordinary money may be paid in any coin.
 */
export function methodTakesCurrency(
  type: PaymentMethodTypeCode,
  fields: MethodFields,
  currency: string,
): boolean {
  switch (type) {
    case 'crypto_address':
      return !ADDRESS_COINS.includes(currency) || fields['coin'] === currency;
    case 'webmoney':
      return currencyOf(CURRENCY_OF_LETTER.webmoney, fields['purse']) === currency;
    case 'capitalist':
      return currencyOf(CURRENCY_OF_LETTER.capitalist, fields['account']) === currency;
    default:
      return true;
  }
}

function currencyOf(currencies: Readonly<Record<string, string>>, account = ''): string | undefined {
  return currencies[account.slice(0, 1)];
}
