import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal, roundHalfEven } from './decimal.js';

describe('Decimal', () => {
  it.each([
    ['0.5', 0n],
    ['1.5', 2n],
    ['2.5', 2n],
    ['-0.5', 0n],
    ['-1.5', -2n],
    ['-2.5', -2n],
    ['2.5000000000000000000000000000000000000001', 3n],
    ['2.4999999999999999999999999999999999999999', 2n],
    ['9223372036854775807.5', 9_223_372_036_854_775_808n],
  ])('rounds %s half to even, to %s', (value, rounded) => {
    expect(roundHalfEven(new Decimal(value))).toBe(rounded);
  });

  it('rounds halves to the even neighbour, everywhere', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n }), (whole) => {
        const half = new Decimal(whole.toString()).plus('0.5');
        expect(roundHalfEven(half)).toBe(whole % 2n === 0n ? whole : whole + 1n);
      }),
    );
  });

  it('keeps 60 digits and prints them without an exponent', () => {
    const third = new Decimal(1).div(3);
    expect(third.toFixed()).toBe(`0.${'3'.repeat(60)}`);
    expect(new Decimal('1e-39').toString()).toBe(`0.${'0'.repeat(38)}1`);
    expect(new Decimal('123456789012345678901234567890').times('1.1').toString()).toBe(
      '135802467913580246791358024679',
    );
  });
});
