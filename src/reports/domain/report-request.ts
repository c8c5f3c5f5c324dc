import { DateTime } from 'luxon';
import { isCurrency } from '../../platform/money/currencies.js';
import { isCalendarDay } from '../../platform/time/calendar-day.js';
import { firstDayFrom, isTimeZone, startOfDay } from '../../platform/time/time-zones.js';
import { COLUMNS, type ColumnName, columnOf } from './catalogue/columns.js';
import {
  type Audience,
  GROUPERS,
  grouperOf,
  type GrouperName,
  isGrouper,
  PROGRAM_GROUPERS,
  STRATEGIES,
  TAG_PREFIX,
} from './catalogue/groupers.js';
import { badParameter, Parameters, type RawQuery } from './report-parameters.js';

/** Which facts a report looks at; an empty list narrows nothing. */
export interface ReportFilters {
  readonly partnerIds: readonly string[];
  readonly brandIds: readonly string[];
  readonly campaignIds: readonly string[];
  readonly promoIds: readonly string[];
  /** Codes as people type them; only facts of players who came by one of them. */
  readonly promoCodes: readonly string[];
  readonly strategies: readonly (typeof STRATEGIES)[number][];
  /** ISO 3166 codes. */
  readonly countries: readonly string[];
}

/** Currency that every amount is to be shown in, and the UTC day of the rates. */
export interface ReportConversion {
  readonly currency: string;
  readonly day: string;
}

/** A report as it is asked for, checked. */
export interface ReportRequest {
  /** Half-open range of instants. */
  readonly from: Date;
  readonly to: Date;
  readonly timeZone: string;
  readonly columns: readonly ColumnName[];
  readonly groupBy: readonly GrouperName[];
  readonly filters: ReportFilters;
  /** Null for one row per currency. */
  readonly conversion: ReportConversion | null;
  readonly page: number;
  readonly perPage: number;
  /** When it was asked for: a plan's strategy is that of its terms in force then. */
  readonly askedAt: Date;
}

/** What a request does not say itself. */
export interface RequestContext {
  readonly audience: Audience;
  /** The program's zone. */
  readonly timeZone: string;
  readonly now: Date;
  /** False where the whole report is asked for: then nothing says which page. */
  readonly inPages?: boolean;
}

const PARAMETERS = [
  'from', 'to', 'time_zone', 'columns', 'group_by', 'brand_ids', 'campaign_ids', 'promo_ids', 'promo_codes',
  'strategies', 'countries', 'conversion_currency', 'convert_all_currencies', 'exchange_rates_date',
]; // prettier-ignore
const OF_THE_PROGRAM = ['partner_ids'];
const OF_PAGES = ['page', 'per_page'];

/** What a report shows that names no columns. */
const USUAL_COLUMNS: ColumnName[] = ['visits_count', 'registrations_count', 'partner_income'];
const LARGEST_PAGE = 1_000;
const TIME =
  /^\d{4}-\d{2}-\d{2}T(?!24)\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)$/;
/** Times that PostgreSQL and identifiers can hold, also with a day to either side, and nobody misses others. */
const FIRST_DAY = '1970-01-01';
const LAST_MS = Date.UTC(9999, 11, 31);

/**
 * Reads a report's query as existing report clients send it: `columns[]=a&columns[]=b`, or a JSON array in `columns=`.
 * A date without a time covers the whole day in `time_zone`, `to` included (rule 11.3).
 * @throws DomainError INVALID_PARAMETER (400) that names the parameter
 */
export function parseReportRequest(raw: RawQuery, context: RequestContext): ReportRequest {
  const { audience, inPages = true } = context;
  const query = Parameters.read(raw, [
    ...PARAMETERS,
    ...(audience === 'operator' ? OF_THE_PROGRAM : []),
    ...(inPages ? OF_PAGES : []),
  ]);
  const timeZone = query.one('time_zone') ?? context.timeZone;
  if (!isTimeZone(timeZone))
    throw badParameter('time_zone', 'must be an IANA time zone such as Europe/Berlin');
  const from = instantOf(query, 'from', timeZone, 0);
  const to = instantOf(query, 'to', timeZone, 1);
  if (from >= to) throw badParameter('to', 'must be after from');
  const columns = query.words('columns', Object.keys(COLUMNS) as ColumnName[]);
  return {
    from,
    to,
    timeZone,
    columns: columns.length > 0 ? columns : USUAL_COLUMNS,
    groupBy: groupersOf(query, audience),
    filters: filtersOf(query),
    conversion: conversionOf(query, context.now),
    page: query.wholeNumber('page', 1, 1_000_000),
    perPage: query.wholeNumber('per_page', 50, LARGEST_PAGE),
    askedAt: context.now,
  };
}

/** Whether columns are made of amounts, as a ratio of two is; then rows are apart by currency (rule 11.2). */
export function hasMoney({ columns }: Pick<ReportRequest, 'columns'>): boolean {
  return columns.some((name) => columnOf(name).figures.some(({ unit }) => unit === 'money'));
}

/** Half-open range of the days that begin in the report's range: YYYY-MM-DD. */
export function daysBegunIn({ from, to, timeZone }: Pick<ReportRequest, 'from' | 'to' | 'timeZone'>): {
  from: string;
  to: string;
} {
  return { from: firstDayFrom(timeZone, from), to: firstDayFrom(timeZone, to) };
}

/** Whether the text is a day of the calendar, as YYYY-MM-DD, from 1970 on. */
function isDay(text: string): boolean {
  return isCalendarDay(text) && text >= FIRST_DAY;
}

function instantOf(query: Parameters, name: 'from' | 'to', zone: string, wholeDays: number): Date {
  const text = query.one(name);
  const expected = 'must be a day such as 2026-10-31, or an RFC 3339 time with its offset, from 1970 to 9999';
  if (text === undefined) throw badParameter(name, `is required and ${expected}`);
  const at = isDay(text) ? startOfDay(zone, text, wholeDays) : timeOf(text);
  if (at === null || at.getTime() > LAST_MS) throw badParameter(name, expected);
  return at;
}

function timeOf(text: string): Date | null {
  const at = DateTime.fromISO(text, { zone: 'utc' });
  return TIME.test(text) && text >= FIRST_DAY && at.isValid ? at.toJSDate() : null;
}

function groupersOf(query: Parameters, audience: Audience): GrouperName[] {
  const names = query.many('group_by');
  const groupers = names.filter((name) => isGrouper(name, audience));
  const unknown = names.find((name) => !isGrouper(name, audience));
  if (unknown !== undefined) {
    const known = Object.keys(audience === 'operator' ? { ...GROUPERS, ...PROGRAM_GROUPERS } : GROUPERS);
    throw badParameter(
      'group_by',
      `'${unknown}' is not known; known are ${[...known, `${TAG_PREFIX}<key>`].join(', ')}`,
    );
  }
  if (groupers.filter((name) => grouperOf(name).period).length > 1) {
    throw badParameter('group_by', 'takes at most one period');
  }
  return groupers;
}

function filtersOf(query: Parameters): ReportFilters {
  const countries = query.many('countries');
  if (!countries.every((code) => /^[A-Z]{2}$/.test(code))) {
    throw badParameter('countries', 'must be ISO 3166 codes of two letters such as DE');
  }
  return {
    partnerIds: query.ids('partner_ids'),
    brandIds: query.ids('brand_ids'),
    campaignIds: query.ids('campaign_ids'),
    promoIds: query.ids('promo_ids'),
    promoCodes: query.many('promo_codes'),
    strategies: query.words('strategies', STRATEGIES),
    countries,
  };
}

function conversionOf(query: Parameters, now: Date): ReportConversion | null {
  const today = now.toISOString().slice(0, 10);
  const currency = query.one('conversion_currency');
  const [switched, ...more] = query.words('convert_all_currencies', ['0', '1', 'false', 'true']);
  const day = query.one('exchange_rates_date');
  if (more.length > 0) throw badParameter('convert_all_currencies', 'must be given once');
  if (day !== undefined && (!isDay(day) || day > today)) {
    throw badParameter('exchange_rates_date', 'must be a day such as 2026-10-31, today or before');
  }
  if (currency !== undefined && !isCurrency(currency)) {
    throw badParameter('conversion_currency', 'must be an ISO 4217 code such as EUR');
  }
  if (switched === '0' || switched === 'false') return null;
  if (currency !== undefined) return { currency, day: day ?? today };
  const lonely = switched !== undefined ? 'convert_all_currencies' : day && 'exchange_rates_date';
  if (lonely) throw badParameter(lonely, 'needs a conversion_currency');
  return null;
}
