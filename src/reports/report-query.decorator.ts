import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { COLUMNS } from './domain/catalogue/columns.js';
import {
  type Audience,
  GROUPERS,
  PROGRAM_GROUPERS,
  STRATEGIES,
  TAG_PREFIX,
} from './domain/catalogue/groupers.js';

type Schema = { type: 'string'; enum?: string[]; format?: string; pattern?: string; anyOf?: never };

const uuid: Schema = { type: 'string', format: 'uuid' };

function many(name: string, description: string, items: Schema | { anyOf: Schema[] }): MethodDecorator {
  return ApiQuery({ name: `${name}[]`, required: false, description, schema: { type: 'array', items } });
}

function one(name: string, description: string, example: string, required = false): MethodDecorator {
  return ApiQuery({ name, required, description, schema: { type: 'string' }, example });
}

/** Documents the query of a performance report; `parseReportRequest` reads it. */
export function ApiReportQuery(audience: Audience): MethodDecorator {
  return applyDecorators(
    ApiWholeReportQuery(audience),
    one('page', 'Page, from 1; not beside `format`, which gives the whole', '1'),
    one('per_page', 'Rows on a page, at most 1000; not beside `format`', '50'),
    one('async', 'true has the report made in the background: the answer is 202 with its id', 'false'),
  );
}

/** Documents the same where a report has no pages. */
export function ApiWholeReportQuery(audience: Audience): MethodDecorator {
  const groupers = Object.keys(audience === 'operator' ? { ...PROGRAM_GROUPERS, ...GROUPERS } : GROUPERS);
  return applyDecorators(
    one('from', 'First day, or an RFC 3339 time with its offset', '2026-10-01', true),
    one('to', 'Last day (included), or an RFC 3339 time with its offset (excluded)', '2026-10-31', true),
    one('time_zone', 'IANA zone of days, months and years; that of the program by default', 'Europe/Berlin'),
    many('columns', 'Columns in the order they are wanted; a JSON array in `columns` does as well', {
      type: 'string',
      enum: Object.keys(COLUMNS),
    }),
    many('group_by', 'Groupers; at most one period. `dynamic_tag_<key>` groups by a parameter of the link', {
      anyOf: [
        { type: 'string', enum: groupers },
        { type: 'string', pattern: `^${TAG_PREFIX}.{1,100}$` },
      ],
    }),
    ...(audience === 'operator' ? [many('partner_ids', 'Only these partners', uuid)] : []),
    many('brand_ids', 'Only these brands', uuid),
    many('campaign_ids', 'Only these campaigns', uuid),
    many('promo_ids', 'Only these promos', uuid),
    many('promo_codes', 'Only players who came by one of these promo codes', { type: 'string' }),
    many('strategies', 'Only campaigns of these strategies', { type: 'string', enum: [...STRATEGIES] }),
    many('countries', 'Only players and visitors from these countries (ISO 3166)', {
      type: 'string',
      pattern: '^[A-Z]{2}$',
    }),
    one('conversion_currency', 'Currency that all amounts must be in', 'EUR'),
    one('convert_all_currencies', '0 ignores `conversion_currency`; 1 needs one', '1'),
    one(
      'exchange_rates_date',
      'UTC day of the rates to `conversion_currency`; today by default',
      '2026-10-31',
    ),
  );
}
