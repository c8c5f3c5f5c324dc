import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal, roundHalfEven } from '../../platform/money/decimal.js';
import { decimalText, divideHalfEven, percentText } from './exact.js';

describe('divideHalfEven', () => {
  it.each([
    [5n, 2n, 2n],
    [7n, 2n, 4n],
    [-5n, 2n, -2n],
    [-7n, 2n, -4n],
    [5n, -2n, -2n],
    [26n, 10n, 3n],
    [24n, 10n, 2n],
    [0n, 3n, 0n],
  ])('%s / %s = %s', (numerator, denominator, expected) => {
    expect(divideHalfEven(numerator, denominator)).toBe(expected);
  });

  it('agrees with the decimal library', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 18n), 10n ** 18n), fc.constantFrom(2n, 10n, 10_000n, 7n), (n, d) => {
        const expected = roundHalfEven(new Decimal(n.toString()).div(d.toString()));
        expect(divideHalfEven(n, d)).toBe(expected);
      }),
    );
  });

  it('refuses to divide by zero', () => {
    expect(() => divideHalfEven(1n, 0n)).toThrow(RangeError);
  });
});

describe('decimalText', () => {
  it.each([
    [1234500n, 5, 2, '12.345'],
    [1200n, 2, 2, '12.00'],
    [1200n, 2, 0, '12'],
    [-5n, 2, 2, '-0.05'],
    [7n, 0, 0, '7'],
  ])('%s at %s digits', (units, digits, minDigits, expected) => {
    expect(decimalText(units, digits, minDigits)).toBe(expected);
  });

  it('writes basis points as per cent', () => {
    expect([2550, 1000, 5, 0].map((bps) => percentText(bps))).toEqual(['25.5%', '10%', '0.05%', '0%']);
  });
});
