import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { COLUMNS, GROUPERS } from './domain/catalogue.js';

/** Documents the query of a performance report; `parseReportRequest` reads it. */
export function ApiReportQuery(): MethodDecorator {
  const many = (name: string, description: string, values?: string[]): MethodDecorator =>
    ApiQuery({
      name: `${name}[]`,
      required: false,
      description,
      schema: {
        type: 'array',
        items: values ? { type: 'string', enum: values } : { type: 'string', format: 'uuid' },
      },
    });
  const one = (name: string, description: string, example: string, required = false): MethodDecorator =>
    ApiQuery({ name, required, description, schema: { type: 'string' }, example });
  return applyDecorators(
    one('from', 'First day, or an RFC 3339 time', '2026-10-01', true),
    one('to', 'Last day (included), or an RFC 3339 time (excluded)', '2026-10-31', true),
    one('time_zone', 'IANA zone of days and months; UTC by default', 'Europe/Berlin'),
    many(
      'columns',
      'Columns in the order they are wanted; a JSON array in `columns` does as well',
      Object.keys(COLUMNS),
    ),
    many('group_by', 'Groupers; at most one of day and month', Object.keys(GROUPERS)),
    many('brand_ids', 'Only these brands'),
    many('campaign_ids', 'Only these campaigns'),
    many('promo_ids', 'Only these promos'),
    one('conversion_currency', 'Currency that all amounts must be in', 'EUR'),
    one('convert_all_currencies', '0 ignores `conversion_currency`', '1'),
    one('exchange_rates_date', 'Day of the exchange rates', '2026-10-31'),
    one('page', 'Page, from 1', '1'),
    one('per_page', 'Rows on a page, at most 1000', '50'),
    one('async', 'Only `false`', 'false'),
  );
}
