import { applyDecorators } from '@nestjs/common';
import { IsISO8601, Matches } from 'class-validator';

/** Of the years 2000 to 2999; clocks are at most 14 hours from UTC. */
const TIME = /^2\d{3}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)$/;

/** The field is a time with its zone, of the years 2000 to 2999. */
export function IsTime(): PropertyDecorator {
  const message =
    '$property must be a time with its zone in RFC 3339, from 2000 to 2999, such as 2026-11-30T23:00:00Z';
  return applyDecorators(Matches(TIME, { message }), IsISO8601({ strict: true }, { message }));
}
