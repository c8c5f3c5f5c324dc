import { DomainError } from '../platform/index.js';

/** What was asked for at once takes longer than a request may; callers that can request it do that instead. */
export const reportTooSlow = (): DomainError =>
  new DomainError(
    'REPORT_TOO_SLOW',
    'unavailable',
    'The report takes longer than a request may: ask for a shorter period or fewer groups, or request it.',
  );

/** Whether that is what was wrong. */
export function isTooSlow(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'REPORT_TOO_SLOW';
}

/** Amounts that are to be shown in another currency have no rate to it (400). */
export class UnratedAmounts extends DomainError {
  /** @param currency of amounts of the report; there may be further ones without a rate */
  constructor(
    readonly currency: string,
    to: string,
    day: string,
  ) {
    const message = `no exchange rate from ${currency} to ${to} is known on ${day}; convert_all_currencies=0 gives a row per currency`;
    super('INVALID_PARAMETER', 'malformed', `conversion_currency: ${message}`, {
      errors: [{ path: 'conversion_currency', message }],
    });
  }
}

export const tooManyExports = (retryAfterSeconds: number): DomainError =>
  new DomainError(
    'TOO_MANY_EXPORTS',
    'too_many',
    'Other exports are still being read; try again soon, or request the report.',
    { retryAfterSeconds },
  );

export const tooManyReportRequests = (most: number, retryAfterSeconds: number): DomainError =>
  new DomainError(
    'TOO_MANY_REPORT_REQUESTS',
    'too_many',
    `${most} requested reports are still being made, as many as may be; try again when one is ready.`,
    { retryAfterSeconds },
  );

export const reportNotReady = (): DomainError =>
  new DomainError(
    'REPORT_NOT_READY',
    'conflict',
    'There is no file of this report: it is still being made, could not be made, or its files have expired.',
  );

export const favouriteNameTaken = (): DomainError =>
  new DomainError('FAVOURITE_NAME_TAKEN', 'conflict', 'name: is the name of another favourite of yours', {
    errors: [{ path: 'name', message: 'is the name of another favourite of yours' }],
  });

export const tooManyFavourites = (most: number): DomainError =>
  new DomainError(
    'TOO_MANY_FAVOURITES',
    'conflict',
    `There are ${most} favourites, as many as may be: delete one first.`,
  );
