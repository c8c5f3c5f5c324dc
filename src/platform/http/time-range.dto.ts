import { applyDecorators } from '@nestjs/common';
import { IsISO8601, Matches } from 'class-validator';
import { DateTime } from 'luxon';
import { MayBeAbsent } from './may-be-absent.js';
import { PageQuery } from './page-query.dto.js';

const TIME = /^\d{4}-\d{2}-\d{2}(T.+)?$/;
const TIME_MESSAGE = { message: '$property must be a day such as 2026-10-31 or a time in RFC 3339' };
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The field is a UTC day, or a time with its zone. */
export function IsDayOrTime(): PropertyDecorator {
  return applyDecorators(Matches(TIME, TIME_MESSAGE), IsISO8601({ strict: true }));
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

/** What a time range means: `from` is included, `before` is not. */
export function toTimeRange({ from, to }: Pick<TimeRangeQuery, 'from' | 'to'>): {
  from?: Date;
  before?: Date;
} {
  return {
    ...(from !== undefined && { from: utc(from).toJSDate() }),
    ...(to !== undefined && {
      before: utc(to)
        .plus(DAY.test(to) ? { days: 1 } : { milliseconds: 1 })
        .toJSDate(),
    }),
  };
}

function utc(time: string): DateTime {
  return DateTime.fromISO(time, { zone: 'utc' });
}
