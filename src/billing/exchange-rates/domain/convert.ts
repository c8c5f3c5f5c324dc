import { currencyExponent } from '../../../platform/money/currencies.js';
import { Decimal } from '../../../platform/money/decimal.js';
import { divideHalfEven } from '../../../platform/money/divide-half-even.js';
import { Money } from '../../../platform/money/money.js';

/** Digits of a rate that is shown; amounts are calculated from the exact rates. */
const SHOWN_DIGITS = 18;

/** Units for one euro of the currency that is given and of the one that is wanted: plain decimal strings above zero. */
export interface RatePair {
  readonly fromPerEuro: string;
  readonly toPerEuro: string;
}

/**
 * The amount in another currency, through the euro: exact, and rounded once, half to even, to the target's minor unit
 * (rule 1.2).
 */
export function convertMoney(money: Money, { fromPerEuro, toPerEuro }: RatePair, currency: string): Money {
  const [from, to] = [fractionOf(fromPerEuro), fractionOf(toPerEuro)];
  const numerator = money.minor * to.units * from.scale * minorUnits(currency);
  const denominator = from.units * to.scale * minorUnits(money.currency);
  return Money.of(divideHalfEven(numerator, denominator), currency);
}

/** Units of the wanted currency for one of the given: a decimal string of 18 significant digits, for people. */
export function shownRate({ fromPerEuro, toPerEuro }: RatePair): string {
  return new Decimal(toPerEuro).div(fromPerEuro).toSignificantDigits(SHOWN_DIGITS).toFixed();
}

/** The decimal as `units / scale`. */
function fractionOf(decimal: string): { units: bigint; scale: bigint } {
  const [whole = '', decimals = ''] = decimal.split('.');
  return { units: BigInt(whole + decimals), scale: 10n ** BigInt(decimals.length) };
}

/** Minor units of one unit of the currency. */
function minorUnits(currency: string): bigint {
  return 10n ** BigInt(currencyExponent(currency));
}
