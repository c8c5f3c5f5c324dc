import { isCurrency } from '../../../platform/money/currencies.js';
import { isCalendarDay } from '../../../platform/time/calendar-day.js';

/** Where a rate comes from, by precedence: of one day and currency the first source that has a rate counts. */
export const RATE_SOURCES = ['manual', 'csv', 'ecb'] as const;
export type RateSource = (typeof RATE_SOURCES)[number];

/** What one euro was worth in a currency on a UTC day. */
export interface DayRate {
  /** YYYY-MM-DD. */
  readonly day: string;
  readonly currency: string;
  /** Units of the currency for one euro: a plain decimal string. */
  readonly rate: string;
}

/** The euro's first year: no rate is older. */
const FIRST_DAY = '1999-01-01';

/** What is wrong with a UTC day (YYYY-MM-DD, not after `today`), or null. */
export function dayFault(day: string, today: string): string | null {
  if (!isCalendarDay(day)) return 'must be a day such as 2026-10-31';
  if (day < FIRST_DAY) return `must not be before ${FIRST_DAY}, the euro's first day`;
  return day > today ? 'must not lie in the future (UTC)' : null;
}

/** What is wrong with the code of a currency that is rated against the euro, or null. */
export function rateCurrencyFault(currency: string): string | null {
  if (currency === 'EUR') return 'must not be EUR: rates are units of a currency for one euro';
  return isCurrency(currency)
    ? null
    : 'must be an ISO 4217 code such as USD, or the code of a coin such as BTC';
}

/** What is wrong with the text of a rate, or null. */
export function rateFault(rate: string): string | null {
  const form = /^(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,18})?$/;
  if (!form.test(rate)) {
    return "must be a plain decimal string such as '1.0812', with at most 15 digits before the point and 18 after it";
  }
  return /[1-9]/.test(rate) ? null : 'must be above zero';
}
