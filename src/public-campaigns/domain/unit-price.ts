import { invalidField } from '../../platform/errors/domain-error.js';
import { currencyExponent } from '../../platform/money/currencies.js';
import { readDecimal } from '../../platform/money/read-decimal.js';

/** What can be paid for: a post as such, and each unit of what it brings (E02). */
export const METRICS = ['like', 'view', 'share', 'comment', 'follower'] as const;
export type Metric = (typeof METRICS)[number];
export const PRICED_UNITS = ['post', ...METRICS] as const;
export type PricedUnit = (typeof PRICED_UNITS)[number];

/** What is known of a post's units; a metric that the platform did not tell is absent, which is not zero. */
export type Metrics = Readonly<Partial<Record<Metric, bigint>>>;

/** Decimals that a unit price has beyond those of its currency: a view is worth a fraction of a cent. */
const EXTRA_DECIMALS = 6;
/** Parts of a minor unit that unit prices are counted in: millionths. */
export const PARTS_PER_MINOR = 10n ** BigInt(EXTRA_DECIMALS);
const LARGEST_WHOLE_DIGITS = 9;

/**
 * Reads a unit price, above zero, in millionths of the currency's minor unit.
 * @param path of the field, for the refusal
 * @throws DomainError INVALID_AMOUNT (422)
 */
export function parseUnitPrice(amount: string, currency: string, path: string): bigint {
  const parts = readDecimal(amount, path, {
    decimals: currencyExponent(currency) + EXTRA_DECIMALS,
    wholeDigits: LARGEST_WHOLE_DIGITS,
    name: `a unit price in ${currency}`,
    example: '0.0025',
  });
  if (parts === 0n) throw invalidField(path, 'must be above zero', 'INVALID_AMOUNT');
  return parts;
}

/** A unit price as a decimal string: with the currency's decimals, and more of them only where they are not zero. */
export function formatUnitPrice(price: bigint, currency: string): string {
  const exponent = currencyExponent(currency);
  const decimals = exponent + EXTRA_DECIMALS;
  const digits = price.toString().padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals);
  const kept = fraction.slice(0, exponent) + fraction.slice(exponent).replace(/0+$/, '');
  return kept ? `${digits.slice(0, -decimals)}.${kept}` : digits.slice(0, -decimals);
}
