import { DomainError, type FieldError } from '../../platform/index.js';

/** 422: nothing is known of what the currency was worth then. */
export const noExchangeRate = (currency: string, day: string): DomainError =>
  new DomainError(
    'NO_EXCHANGE_RATE',
    'invalid',
    `There is no exchange rate of ${currency} on ${day} or before.`,
    { currency, day },
  );

/** 422: fields, or lines of a file, that are no rates. */
export const notRates = (faults: readonly FieldError[]): DomainError =>
  new DomainError(
    'INVALID_EXCHANGE_RATES',
    'invalid',
    faults.map(({ path, message }) => `${path}: ${message}`).join('; '),
    { errors: [...faults] },
  );

/** 409: what was imported is corrected by a newer file or overruled by a manual rate. */
export const onlyManualRates = (source: string): DomainError =>
  new DomainError(
    'RATE_NOT_MANUAL',
    'conflict',
    `Only manual rates are deleted; this one comes from ${source}. Enter a manual rate to overrule it.`,
    { source },
  );
