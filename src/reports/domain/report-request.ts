import { IANAZone, DateTime } from 'luxon';
import { DomainError } from '../../platform/errors/domain-error.js';
import { isCurrency } from '../../platform/money/currencies.js';
import { COLUMNS, type ColumnName, GROUPERS, grouperOf, type GrouperName } from './catalogue.js';

/** A report as it is asked for, checked. */
export interface ReportRequest {
  /** Half-open range of instants. */
  from: Date;
  to: Date;
  timeZone: string;
  columns: ColumnName[];
  groupBy: GrouperName[];
  brandIds: string[];
  campaignIds: string[];
  promoIds: string[];
  /** Currency that every amount must be shown in, or null for one row per currency. */
  conversionCurrency: string | null;
  page: number;
  perPage: number;
}

/** Query parameters as they come: a text, or a list when a name is repeated. */
export type RawQuery = Record<string, string | string[] | undefined>;

const PARAMETERS = new Set([
  'from', 'to', 'time_zone', 'columns', 'group_by', 'brand_ids', 'campaign_ids', 'promo_ids',
  'conversion_currency', 'convert_all_currencies', 'exchange_rates_date', 'page', 'per_page', 'async',
]); // prettier-ignore
const LARGEST_PAGE = 1_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const DATE_ONLY = /^\d{4}-\d{2}-\d{2}$/;

/** 400 that names the parameter and its right form. */
export function badParameter(path: string, message: string): DomainError {
  return new DomainError('INVALID_PARAMETER', 'malformed', `${path}: ${message}`, {
    errors: [{ path, message }],
  });
}

/**
 * Reads a report's query as existing report clients send it: `columns[]=a&columns[]=b`, or a JSON array in `columns=`.
 * A date without a time covers the whole day in `time_zone` (default UTC), `to` included (rule 11.3).
 * @throws DomainError INVALID_PARAMETER (400) that names the parameter
 */
export function parseReportRequest(raw: RawQuery): ReportRequest {
  const query = normalise(raw);
  const timeZone = zoneOf(query);
  const from = instantOf(query, 'from', timeZone, 0);
  const to = instantOf(query, 'to', timeZone, 1);
  if (from >= to) throw badParameter('to', 'must not be before from');
  if (query['async']?.[0] === 'true')
    throw badParameter('async', 'must be false; reports are answered at once');
  return {
    from,
    to,
    timeZone,
    columns: namesOf(query, 'columns', COLUMNS, ['visits_count', 'registrations_count', 'partner_income']),
    groupBy: groupersOf(query),
    brandIds: idsOf(query, 'brand_ids'),
    campaignIds: idsOf(query, 'campaign_ids'),
    promoIds: idsOf(query, 'promo_ids'),
    conversionCurrency: conversionOf(query),
    page: wholeNumberOf(query, 'page', 1, 1_000_000),
    perPage: wholeNumberOf(query, 'per_page', 50, LARGEST_PAGE),
  };
}

type Query = Partial<Record<string, string[]>>;

/** Folds `name[]`, repeated names and JSON arrays into lists, and refuses names that nothing reads. */
function normalise(raw: RawQuery): Query {
  const query: Query = {};
  for (const [name, value] of Object.entries(raw)) {
    const plain = name.replace(/\[\d*\]$/, '');
    if (!PARAMETERS.has(plain)) {
      throw badParameter(name, `is not a parameter of this report; known are ${[...PARAMETERS].join(', ')}`);
    }
    query[plain] = [...(query[plain] ?? []), ...[value ?? []].flat().flatMap((item) => listOf(plain, item))];
  }
  return query;
}

function listOf(name: string, value: string): string[] {
  if (!value.startsWith('[')) return [value];
  try {
    const parsed: unknown = JSON.parse(value);
    if (Array.isArray(parsed) && parsed.every((item) => typeof item === 'string')) return parsed;
  } catch {
    // Not JSON is refused below like any other wrong list.
  }
  throw badParameter(name, 'must be repeated, or be a JSON array of strings');
}

function zoneOf(query: Query): string {
  const zone = query['time_zone']?.[0] ?? 'UTC';
  if (!IANAZone.isValidZone(zone))
    throw badParameter('time_zone', 'must be an IANA time zone such as Europe/Berlin');
  return zone;
}

function instantOf(query: Query, name: 'from' | 'to', zone: string, wholeDays: number): Date {
  const text = query[name]?.[0];
  const expected = 'must be a date such as 2026-10-31 or an RFC 3339 time';
  if (text === undefined) throw badParameter(name, `is required and ${expected}`);
  const at = DateTime.fromISO(text, { zone });
  if (!at.isValid) throw badParameter(name, expected);
  return (DATE_ONLY.test(text) ? at.plus({ days: wholeDays }) : at).toJSDate();
}

function namesOf<T extends string>(
  query: Query,
  parameter: string,
  catalogue: Record<T, unknown>,
  absent: T[],
): T[] {
  const names = query[parameter] ?? [];
  const unknown = names.find((name) => !Object.hasOwn(catalogue, name));
  if (unknown !== undefined) {
    throw badParameter(
      parameter,
      `'${unknown}' is not known; known are ${Object.keys(catalogue).join(', ')}`,
    );
  }
  return names.length > 0 ? ([...new Set(names)] as T[]) : absent;
}

function groupersOf(query: Query): GrouperName[] {
  const groupers = namesOf<GrouperName>(query, 'group_by', GROUPERS, []);
  if (groupers.filter((name) => grouperOf(name).period).length > 1) {
    throw badParameter('group_by', 'takes at most one period');
  }
  return groupers;
}

function idsOf(query: Query, name: string): string[] {
  const ids = query[name] ?? [];
  if (!ids.every((id) => UUID.test(id))) throw badParameter(name, 'must be UUIDs');
  return ids;
}

function wholeNumberOf(query: Query, name: string, absent: number, largest: number): number {
  const text = query[name]?.[0];
  if (text === undefined) return absent;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > largest) throw badParameter(name, `must be a whole number from 1 to ${largest}`);
  return value;
}

function conversionOf(query: Query): string | null {
  const currency = query['conversion_currency']?.[0];
  const wanted = ['1', 'true'].includes(query['convert_all_currencies']?.[0] ?? 'true');
  if (!currency || !wanted) return null;
  if (!isCurrency(currency))
    throw badParameter('conversion_currency', 'must be an ISO 4217 code such as EUR');
  return currency;
}
