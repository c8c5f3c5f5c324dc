import { currencyExponent } from '../../platform/money/currencies.js';

/** Units for one euro of a currency and of the one that is wanted: plain decimal texts above zero. */
export interface ReportRate {
  readonly currency: string;
  readonly fromPerEuro: string;
  readonly toPerEuro: string;
}

/**
 * How sums of several currencies become one, exactly: each amount in minor units is multiplied with its currency's
 * whole factor, the total is divided by the divisor that they share, and rounded once (rule 1.2).
 */
export interface ExactRates {
  readonly factors: ReadonlyMap<string, bigint>;
  readonly divisor: bigint;
}

/** Factors and divisor for amounts that are to be shown in the target currency. */
export function exactRates(rates: readonly ReportRate[], target: string): ExactRates {
  const fractions = rates.map(({ currency, fromPerEuro, toPerEuro }) => {
    const [from, to] = [fractionOf(fromPerEuro), fractionOf(toPerEuro)];
    const above = to.units * from.scale * minorUnits(target);
    const below = to.scale * from.units * minorUnits(currency);
    const shared = greatestCommonDivisor(above, below);
    return { currency, above: above / shared, below: below / shared };
  });
  const divisor = fractions.reduce(
    (least, { below }) => (least / greatestCommonDivisor(least, below)) * below,
    1n,
  );
  const factors = fractions.map(({ currency, above, below }): [string, bigint] => [
    currency,
    above * (divisor / below),
  ]);
  return { factors: new Map(factors), divisor };
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

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisor(b, a % b);
}
