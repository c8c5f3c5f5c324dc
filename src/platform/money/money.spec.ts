import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DomainError } from '../errors/domain-error.js';
import { currencyExponent, isCurrency } from './currencies.js';
import { Money } from './money.js';

const LARGEST = 9_223_372_036_854_775_807n;
/** One currency of every exponent: 0, 2, 3, 6, 8, 18. */
const CURRENCIES = ['JPY', 'EUR', 'KWD', 'USDT', 'BTC', 'ETH'];
const currency = fc.constantFrom(...CURRENCIES);
const minor = fc.bigInt({ min: 1n, max: LARGEST });

function refusalOf(amount: string, code = 'EUR'): DomainError {
  try {
    Money.parse(amount, code);
  } catch (error) {
    return error as DomainError;
  }
  throw new Error(`'${amount}' was accepted`);
}

describe('Money', () => {
  it.each([
    ['JPY', 0],
    ['EUR', 2],
    ['KWD', 3],
    ['USDT', 6],
    ['BTC', 8],
    ['ETH', 18],
  ])('knows that %s has %d decimals', (code, exponent) => {
    expect(isCurrency(code)).toBe(true);
    expect(currencyExponent(code)).toBe(exponent);
  });

  it.each(['', 'EURO', 'eur', 'XX', '__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    "does not take '%s' for a currency",
    (code) => {
      expect(isCurrency(code)).toBe(false);
      expect(refusalOf('1', code)).toMatchObject({ code: 'INVALID_CURRENCY', kind: 'invalid' });
    },
  );

  it('is read back from what it prints, whatever the currency and amount', () => {
    fc.assert(
      fc.property(minor, currency, (amount, code) => {
        const trillion = 10n ** BigInt(12 + currencyExponent(code));
        const money = Money.of(amount % trillion || 1n, code);
        expect(Money.parse(money.toString(), code)).toEqual(money);
        expect(money.negate().toString()).toBe(`-${money.toString()}`);
      }),
    );
  });

  it('takes amounts with fewer decimals than the currency has', () => {
    expect(Money.parse('12.5', 'EUR').minor).toBe(1250n);
    expect(Money.parse('9', 'ETH').minor).toBe(9n * 10n ** 18n);
    expect(Money.parse('12', 'JPY').minor).toBe(12n);
  });

  it.each([
    '1e3', '0.1+0.2', '-0', '-1', '+1', 'NaN', 'Infinity', '', ' ', ' 1', '1 ', '1\n', '01', '00', '.5', '5.', '1,5',
    '1.000,5', '0x10', '1_000', '١٢', '１２', '१', '0', '0.00', '1.234', '1.1234567890123456789',
    '1000000000000000000000000000000', '92233720368547758.08', 'null', '[object Object]',
  ])("refuses '%s' as an amount of EUR", (amount) => {
    const refusal = refusalOf(amount);
    expect(refusal).toMatchObject({ code: 'INVALID_AMOUNT', kind: 'invalid' });
    expect(refusal.details.errors).toEqual([{ path: 'amount', message: expect.any(String) as string }]);
  }); // prettier-ignore

  it('names the field that the amount stood in, and its currency beside it', () => {
    const pathOf = (amount: string, code: string, path: string) => {
      try {
        return Money.parse(amount, code, path).toString();
      } catch (error) {
        return (error as DomainError).details.errors![0]!.path;
      }
    };
    expect(pathOf('1e3', 'EUR', 'prices.0.amount')).toBe('prices.0.amount');
    expect(pathOf('0', 'EUR', 'bonus')).toBe('bonus');
    expect(pathOf('9.3', 'ETH', 'bonus')).toBe('bonus');
    expect(pathOf('1', 'EURO', 'prices.0.amount')).toBe('prices.0.currency');
    expect(pathOf('1', 'EURO', 'bonus')).toBe('currency');
  });

  it('takes less than a trillion, and never more than the ledger holds', () => {
    expect(Money.parse('999999999999.99', 'EUR').minor).toBe(99_999_999_999_999n);
    expect(refusalOf('1000000000000.00').message).toContain('too large');
    expect(refusalOf('9.3', 'ETH').message).toContain('too large');
  });

  it('takes a zero only where one is asked for', () => {
    expect(Money.parseNonNegative('0.00', 'EUR').isZero()).toBe(true);
    expect(refusalOf('0', 'JPY').message).toContain('above zero');
  });

  it('adds, subtracts and compares exactly', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -LARGEST, max: LARGEST }), fc.bigInt(), currency, (a, b, code) => {
        const [left, right] = [Money.of(a, code), Money.of(b, code)];
        expect(left.add(right).subtract(right)).toEqual(left);
        expect(Math.sign(left.compare(right))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  it('never mixes currencies', () => {
    expect(() => Money.zero('EUR').add(Money.zero('USD'))).toThrow('Cannot combine EUR with USD');
    expect(() => Money.zero('EUR').compare(Money.zero('USD'))).toThrow();
  });

  it('is a decimal string beside its currency in JSON', () => {
    expect(JSON.parse(JSON.stringify(Money.of(-5n, 'KWD')))).toEqual({ amount: '-0.005', currency: 'KWD' });
  });
});
