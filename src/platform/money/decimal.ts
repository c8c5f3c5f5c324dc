import { Decimal as DecimalJs } from 'decimal.js';

/** Exact decimals for rates: 60 digits, half-even, never exponent notation (rule 1.2). */
export const Decimal = DecimalJs.clone({
  precision: 60,
  rounding: DecimalJs.ROUND_HALF_EVEN,
  toExpNeg: -40,
  toExpPos: 60,
});
export type Decimal = DecimalJs;

/** Rounds to a whole number of minor units, half to even: the single rounding of a bill line (rule 1.2). */
export function roundHalfEven(value: DecimalJs): bigint {
  return BigInt(value.toDecimalPlaces(0, DecimalJs.ROUND_HALF_EVEN).toFixed(0));
}
