import { applyDecorators } from '@nestjs/common';
import { IsISO8601, Matches, ValidateBy } from 'class-validator';
import { DateTime } from 'luxon';
import { type DomainError, malformedField } from '../errors/domain-error.js';
import { MayBeAbsent } from './may-be-absent.js';
import { PageQuery } from './page-query.dto.js';

const TIME = /^\d{4}-\d{2}-\d{2}(T.+)?$/;
const TIME_MESSAGE = { message: '$property must be a day such as 2026-10-31 or a time in RFC 3339' };
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The field is a UTC day, or a time with its zone. */
export function IsDayOrTime(): PropertyDecorator {
  const isRead = {
    name: 'isReadAsTime',
    validator: { validate: (time: unknown) => utc(String(time)).isValid },
  };
  return applyDecorators(
    Matches(TIME, TIME_MESSAGE),
    IsISO8601({ strict: true }),
    // ISO 8601 allows parts of an hour or minute, which nobody writes and we do not read.
    ValidateBy(isRead, TIME_MESSAGE),
  );
}

/** Query parameters of every list that can be limited to a time. */
export class TimeRangeQuery extends PageQuery {
  /**
   * Only from this time or UTC day on.
   * @example "2026-10-01"
   */
  @MayBeAbsent()
  @IsDayOrTime()
  from?: string;

  /**
   * Only up to this time or through this UTC day.
   * @example "2026-10-31"
   */
  @MayBeAbsent()
  @IsDayOrTime()
  to?: string;
}

/**
 * What a time range means: `from` is included, `before` is not.
 * @param names what the request calls both ends, for the refusal
 * @throws DomainError VALIDATION_FAILED (400) for a range that ends before it begins
 */
export function toTimeRange(
  { from, to }: Pick<TimeRangeQuery, 'from' | 'to'>,
  names = { from: 'from', to: 'to' },
): { from?: Date; before?: Date } {
  const first = from === undefined ? undefined : utc(from).toJSDate();
  const before =
    to === undefined
      ? undefined
      : utc(to)
          .plus(DAY.test(to) ? { days: 1 } : { milliseconds: 1 })
          .toJSDate();
  if (first && before && first >= before) throw endsBefore(names);
  return { ...(first && { from: first }), ...(before && { before }) };
}

/**
 * Refuses a range of days that ends before it begins: nothing would be found in it.
 * @param names what the request calls both ends
 * @throws DomainError VALIDATION_FAILED (400)
 */
export function refuseBackwards(
  { from, to }: { from?: string | undefined; to?: string | undefined },
  names = { from: 'from', to: 'to' },
): void {
  if (from !== undefined && to !== undefined && to < from) throw endsBefore(names);
}

function endsBefore(names: { from: string; to: string }): DomainError {
  return malformedField(names.to, `must not be before ${names.from}`);
}

function utc(time: string): DateTime {
  return DateTime.fromISO(time, { zone: 'utc' });
}
