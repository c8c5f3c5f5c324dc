import { invalidField } from '../errors/domain-error.js';
import { currencyExponent, isCurrency } from './currencies.js';
import { readDecimal } from './read-decimal.js';

/** Widest amount the ledger's bigint columns hold. */
const LARGEST_MINOR = 9_223_372_036_854_775_807n;

/** No single amount of a client is a trillion or more, so that sums stay far from what the columns hold. */
const LARGEST_WHOLE_DIGITS = 12;

/** An amount in whole minor units of one currency (rule 1.1). Immutable; never a JS number. */
export class Money {
  private constructor(
    readonly minor: bigint,
    readonly currency: string,
  ) {}

  /** Money of `minor` units (may be negative: ledger entries are signed). */
  static of(minor: bigint, currency: string): Money {
    return new Money(minor, currency);
  }

  static zero(currency: string): Money {
    return new Money(0n, currency);
  }

  /**
   * Reads a client's amount: plain ASCII digits with at most the currency's decimals, above zero.
   * @param path where the amount stood in the request; its currency is named as the field beside it
   * @throws DomainError INVALID_AMOUNT (422), INVALID_CURRENCY (422)
   */
  static parse(amount: string, currency: string, path = 'amount'): Money {
    const money = Money.parseNonNegative(amount, currency, path);
    if (money.isZero()) throw invalidField(path, 'must be above zero', 'INVALID_AMOUNT');
    return money;
  }

  /** Like {@link parse}, zero allowed (limits, thresholds). */
  static parseNonNegative(amount: string, currency: string, path = 'amount'): Money {
    if (!isCurrency(currency)) {
      const message = `'${currency}' is not a currency this program knows; use an ISO 4217 code such as EUR`;
      throw invalidField(path.replace(/[^.]+$/, 'currency'), message, 'INVALID_CURRENCY');
    }
    const minor = readDecimal(amount, path, {
      decimals: currencyExponent(currency),
      wholeDigits: LARGEST_WHOLE_DIGITS,
      name: currency,
      example: '125.50',
    });
    if (minor > LARGEST_MINOR) throw invalidField(path, 'is too large', 'INVALID_AMOUNT');
    return new Money(minor, currency);
  }

  add(other: Money): Money {
    return new Money(this.minor + this.same(other).minor, this.currency);
  }

  subtract(other: Money): Money {
    return new Money(this.minor - this.same(other).minor, this.currency);
  }

  negate(): Money {
    return new Money(-this.minor, this.currency);
  }

  /** Negative, zero or positive as this amount is below, equal to or above the other. */
  compare(other: Money): number {
    const difference = this.minor - this.same(other).minor;
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }

  isZero(): boolean {
    return this.minor === 0n;
  }

  isNegative(): boolean {
    return this.minor < 0n;
  }

  /** Decimal string with all of the currency's decimals, e.g. `-12.50`. */
  toString(): string {
    const exponent = currencyExponent(this.currency);
    const digits = (this.isNegative() ? -this.minor : this.minor).toString().padStart(exponent + 1, '0');
    const sign = this.isNegative() ? '-' : '';
    if (exponent === 0) return sign + digits;
    return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
  }

  /** The API's shape of an amount. */
  toJSON(): { amount: string; currency: string } {
    return { amount: this.toString(), currency: this.currency };
  }

  private same(other: Money): Money {
    if (other.currency !== this.currency) {
      throw new Error(`Cannot combine ${this.currency} with ${other.currency}`);
    }
    return other;
  }
}
