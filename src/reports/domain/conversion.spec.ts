import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactRates } from './conversion.js';

const perEuro = fc.tuple(fc.integer({ min: 1, max: 999_999 }), fc.integer({ min: 1, max: 9_999 })).map(
  ([whole, decimals]) => `${whole}.${decimals}`,
); // prettier-ignore

describe('A15 conversion of sums', () => {
  it('shares one divisor: what is in the currency already stays as it is', () => {
    const { factors, divisor } = exactRates(
      [
        { currency: 'EUR', fromPerEuro: '1', toPerEuro: '1' },
        { currency: 'JPY', fromPerEuro: '160', toPerEuro: '1' },
        { currency: 'USD', fromPerEuro: '1.25', toPerEuro: '1' },
      ],
      'EUR',
    );
    expect(factors.get('EUR')).toBe(divisor);
    // 160 yen, 100 cents; 125 US cents, 100 cents.
    expect((160n * factors.get('JPY')!) / divisor).toBe(100n);
    expect((125n * factors.get('USD')!) / divisor).toBe(100n);
  });

  it('is exact: factor and divisor are as far apart as the rates say', () => {
    fc.assert(
      fc.property(fc.uniqueArray(perEuro, { minLength: 1, maxLength: 6 }), perEuro, (from, to) => {
        const codes = ['USD', 'GBP', 'SEK', 'NOK', 'PLN', 'CZK'];
        const rates = from.map((rate, index) => ({
          currency: codes[index]!,
          fromPerEuro: rate,
          toPerEuro: to,
        }));
        const { factors, divisor } = exactRates(rates, 'EUR');
        const units = (decimal: string): [bigint, bigint] => {
          const [whole, decimals] = decimal.split('.') as [string, string];
          return [BigInt(whole + decimals), 10n ** BigInt(decimals.length)];
        };
        for (const { currency, fromPerEuro } of rates) {
          const [[fromUnits, fromScale], [toUnits, toScale]] = [units(fromPerEuro), units(to)];
          expect(factors.get(currency)! * fromUnits * toScale).toBe(divisor * toUnits * fromScale);
        }
      }),
    );
  });
});
