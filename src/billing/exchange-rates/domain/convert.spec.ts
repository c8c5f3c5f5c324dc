import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencyExponent } from '../../../platform/money/currencies.js';
import { Money } from '../../../platform/money/money.js';
import { convertMoney, shownRate } from './convert.js';

const CURRENCIES = ['JPY', 'EUR', 'USD', 'KWD', 'USDT', 'BTC', 'ETH'];
const currency = fc.constantFrom(...CURRENCIES);
const minor = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n });
/** Whatever the table holds: up to 15 digits before the point and 18 after it, above zero. */
const rate = fc
  .tuple(
    fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }),
    fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }),
    fc.nat(18),
  )
  .map(([whole, fraction, digits]) => {
    const decimals = fraction.toString().padStart(18, '0').slice(0, digits);
    return decimals === '' ? whole.toString() : `${whole}.${decimals}`;
  })
  .filter((text) => /[1-9]/.test(text));

/** A fraction of whole numbers: the yardstick, which never rounds. */
type Fraction = readonly [numerator: bigint, denominator: bigint];

function fraction(decimal: string): Fraction {
  const point = decimal.indexOf('.');
  const digits = point < 0 ? 0 : decimal.length - point - 1;
  return [BigInt(decimal.replace('.', '')), 10n ** BigInt(digits)];
}
const times = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * c, b * d];
const over = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d, b * c];
const minus = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d - c * b, b * d];
const abs = ([a, b]: Fraction): Fraction => [a < 0n ? -a : a, b < 0n ? -b : b];
const atMost = (left: Fraction, right: Fraction): boolean => {
  const [a, b] = left;
  const [c, d] = right;
  return a * d <= c * b;
};
const units = (money: Money): Fraction => [money.minor, 10n ** BigInt(currencyExponent(money.currency))];
/** Half of the currency's minor unit. */
const half = (code: string): Fraction => [1n, 2n * 10n ** BigInt(currencyExponent(code))];

describe('convertMoney', () => {
  it.each([
    // 100 EUR at 1.0812.
    ['100.00', 'EUR', '1', 'USD', '1.0812', '108.12'],
    ['108.12', 'USD', '1.0812', 'EUR', '1', '100.00'],
    // 100 / 1.25 × 160 = 12800.
    ['100.00', 'USD', '1.25', 'JPY', '160', '12800'],
    // 950.00 EUR at 0.00001 BTC.
    ['950.00', 'EUR', '1', 'BTC', '0.00001', '0.00950000'],
    // 0.5 cents go to the even cent, below and above.
    ['0.01', 'EUR', '1', 'USD', '0.5', '0.00'],
    ['0.03', 'EUR', '1', 'USD', '0.5', '0.02'],
    ['0.02', 'EUR', '1', 'USD', '0.75', '0.02'],
    ['0.00', 'EUR', '1', 'USD', '1.1', '0.00'],
  ])('%s %s at %s is in %s at %s: %s', (amount, from, fromPerEuro, to, toPerEuro, expected) => {
    const money = Money.parseNonNegative(amount, from);
    expect(convertMoney(money, { fromPerEuro, toPerEuro }, to).toString()).toBe(expected);
  });

  it('is the nearest amount, and of two as near the even one, by a yardstick of fractions', () => {
    fc.assert(
      fc.property(minor, currency, currency, rate, rate, (amount, from, to, fromPerEuro, toPerEuro) => {
        const money = Money.of(amount, from);
        const converted = convertMoney(money, { fromPerEuro, toPerEuro }, to);
        const exact = over(times(units(money), fraction(toPerEuro)), fraction(fromPerEuro));
        const away = abs(minus(units(converted), exact));
        expect(atMost(away, half(to))).toBe(true);
        if (atMost(half(to), away)) expect(converted.minor % 2n).toBe(0n);
      }),
      { numRuns: 500 },
    );
  });

  it('comes back within half a minor unit of each currency', () => {
    fc.assert(
      fc.property(minor, currency, currency, rate, rate, (amount, from, to, fromPerEuro, toPerEuro) => {
        const money = Money.of(amount, from);
        const there = convertMoney(money, { fromPerEuro, toPerEuro }, to);
        const back = convertMoney(there, { fromPerEuro: toPerEuro, toPerEuro: fromPerEuro }, from);
        const lostThere = over(times(half(to), fraction(fromPerEuro)), fraction(toPerEuro));
        const [a, b] = lostThere;
        const [c, d] = half(from);
        expect(atMost(abs(minus(units(back), units(money))), [a * d + c * b, b * d])).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on how a rate is written, nor on the sign', () => {
    fc.assert(
      fc.property(minor, rate, rate, fc.nat(5), (amount, fromPerEuro, toPerEuro, zeros) => {
        const money = Money.of(amount, 'USD');
        const padded = (text: string): string =>
          (text.includes('.') ? text : `${text}.`) + '0'.repeat(zeros + 1);
        const plain = convertMoney(money, { fromPerEuro, toPerEuro }, 'JPY');
        expect(
          convertMoney(money, { fromPerEuro: padded(fromPerEuro), toPerEuro: padded(toPerEuro) }, 'JPY'),
        ).toEqual(plain);
        expect(convertMoney(money.negate(), { fromPerEuro, toPerEuro }, 'JPY')).toEqual(plain.negate());
      }),
    );
  });
});

describe('shownRate', () => {
  it.each([
    ['1', '1.0812', '1.0812'],
    ['1.0812', '1', '0.92489826119126896'],
    ['1.25', '160', '128'],
    ['3', '1', '0.333333333333333333'],
    ['100000000000000', '0.000000000000000001', '0.00000000000000000000000000000001'],
  ])('from %s to %s is %s', (fromPerEuro, toPerEuro, expected) => {
    expect(shownRate({ fromPerEuro, toPerEuro })).toBe(expected);
  });
});
