/**
 * Decimal places of a currency's minor unit where it is not 2 (ISO 4217), and of the coins that are paid out.
 * USDT has 6 as on its common chains; ETH keeps all 18.
 */
const EXPONENTS: ReadonlyMap<string, number> = new Map(Object.entries({
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
  BTC: 8, LTC: 8, BCH: 8, DOGE: 8, ETH: 18, USDT: 6, USDC: 6, TRX: 6, XRP: 6,
})); // prettier-ignore

const ISO_CODES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** More decimals leave too little of 64 bits before the point: with the 18 of ETH no balance could pass 9.2 ETH. */
const MOST_DECIMALS_PAID_OUT = 8;

/** Coins that bills can be paid out in. */
export const PAYOUT_COINS: readonly string[] = [...EXPONENTS]
  .filter(([code, exponent]) => !ISO_CODES.has(code) && exponent <= MOST_DECIMALS_PAID_OUT)
  .map(([code]) => code);

/** Whether `code` is an ISO 4217 currency or a coin this program can hold. */
export function isCurrency(code: string): boolean {
  return EXPONENTS.has(code) || ISO_CODES.has(code);
}

/** Whether `code` is ordinary money (ISO 4217), as banks pay it; coins are not. */
export function isOrdinaryMoney(code: string): boolean {
  return ISO_CODES.has(code);
}

/** The decimal places of all currencies that have not two, by code: for amounts that the database compares. */
export const EXPONENTS_BUT_TWO: Readonly<Record<string, number>> = Object.fromEntries(EXPONENTS);

/** Number of decimal places of the currency's minor unit (rule 1.1). */
export function currencyExponent(code: string): number {
  return EXPONENTS.get(code) ?? 2;
}
