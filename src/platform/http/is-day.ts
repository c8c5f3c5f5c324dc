import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import { isCalendarDay } from '../time/calendar-day.js';

/** The field is a day of the calendar, as YYYY-MM-DD. */
export function IsDay(): PropertyDecorator {
  const validate = (day: unknown): boolean => typeof day === 'string' && isCalendarDay(day);
  return applyDecorators(
    ApiProperty({ format: 'date' }),
    ValidateBy(
      { name: 'isDay', validator: { validate } },
      { message: '$property must be a day such as 2026-10-31' },
    ),
  );
}
