import { applyDecorators } from '@nestjs/common';
import { IsISO8601, Matches } from 'class-validator';

const TIME = /^2\d{3}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** The field is a time with its zone, from the year 2000 on. */
export function IsTime(): PropertyDecorator {
  const message = '$property must be a time with its zone in RFC 3339, such as 2026-11-30T23:00:00Z';
  return applyDecorators(Matches(TIME, { message }), IsISO8601({ strict: true }, { message }));
}
