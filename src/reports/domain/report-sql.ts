import { columnOf, type FactSource, grouperOf, SOURCES, type SourceName } from './catalogue.js';
import type { ReportRequest } from './report-request.js';

/** A statement with its parameters. */
export interface Statement {
  text: string;
  values: unknown[];
}

/** First parameter after the fixed ones: from, to, zone, and the bounds of the range as visit ids. */
const FIXED_PARAMETERS = 5;

/** Smallest visit ids of the range's two ends. */
export interface IdRange {
  from: string;
  to: string;
}

/** Whether amounts are among the columns; then rows are apart by currency (rule 11.2). */
export function hasMoney(request: ReportRequest): boolean {
  return request.columns.some((name) => columnOf(name).type === 'money');
}

/** The page's rows with `total_count`: groupers `g0…`, `currency`, and the columns by name. */
export function rowsStatement(request: ReportRequest, partnerId: string, ids: IdRange): Statement {
  const { values, facts } = factsOf(request, partnerId, ids);
  const groups = request.groupBy.map((_, index) => `g${index}`);
  const keys = [...groups, 'currency'];
  values.push(request.perPage, (request.page - 1) * request.perPage);
  const text = `WITH facts AS (${facts})
    SELECT ${keys.join(', ')}, ${sums(request)}, count(*) OVER () AS total_count
      FROM facts GROUP BY ${keys.join(', ')} ORDER BY ${keys.map((name) => `${name} NULLS LAST`).join(', ')}
      LIMIT $${values.length - 1} OFFSET $${values.length}`;
  return { text, values };
}

/** The totals over all rows: one per currency. */
export function totalsStatement(request: ReportRequest, partnerId: string, ids: IdRange): Statement {
  const { values, facts } = factsOf({ ...request, groupBy: [] }, partnerId, ids);
  const text = `WITH facts AS (${facts}) SELECT currency, ${sums(request)} FROM facts GROUP BY currency ORDER BY currency`;
  return { text, values };
}

function sums(request: ReportRequest): string {
  return request.columns.map((name) => `sum(${name}) AS ${name}`).join(', ');
}

function factsOf(
  request: ReportRequest,
  partnerId: string,
  ids: IdRange,
): { values: unknown[]; facts: string } {
  const values: unknown[] = [request.from, request.to, request.timeZone, ids.from, ids.to, partnerId];
  const filters = filtersOf(request, values);
  const sources = new Set(request.columns.map((name): SourceName => columnOf(name).source));
  const facts = [...sources].map((source) => factsOfSource(request, source, filters)).join(' UNION ALL ');
  return { values, facts };
}

type Filter = (source: FactSource) => string;

function filtersOf(request: ReportRequest, values: unknown[]): Filter[] {
  const filters: Filter[] = [({ keys }) => `${keys.partner} = $${FIXED_PARAMETERS + 1}`];
  const lists = { brand: request.brandIds, campaign: request.campaignIds, promo: request.promoIds };
  for (const [key, ids] of Object.entries(lists) as [keyof typeof lists, string[]][]) {
    if (ids.length === 0) continue;
    values.push(ids);
    const parameter = values.length;
    filters.push(({ keys }) => `${keys[key]} = ANY($${parameter}::uuid[])`);
  }
  return filters;
}

/** One source's facts, summed by group; columns of other sources are zero so that the sources stack. */
function factsOfSource(request: ReportRequest, name: SourceName, filters: Filter[]): string {
  const source: FactSource = SOURCES[name];
  const groups = request.groupBy.map((grouper, index) => `${grouperOf(grouper).value(source)} AS g${index}`);
  const currency = hasMoney(request) ? source.currency : `'N/A'`;
  const columns = request.columns.map((column) => {
    const definition = columnOf(column);
    return `${definition.source === name ? definition.sum : '0'}::numeric AS ${column}`;
  });
  const groupBy = [...groups, currency].map((_, index) => index + 1).join(', ');
  return `SELECT ${[...groups, `${currency} AS currency`, ...columns].join(', ')}
    FROM ${source.from}
    WHERE ${[rangeWithTypes(source), ...filters.map((filter) => filter(source))].join(' AND ')}
    GROUP BY ${groupBy}`;
}

/**
 * Every statement carries all fixed parameters, whether its sources use them or not; naming each with its type
 * lets PostgreSQL accept the unused ones.
 */
function rangeWithTypes(source: FactSource): string {
  return `($1::timestamptz, $2::timestamptz, $3::text, $4::uuid, $5::uuid) IS NOT NULL AND ${source.range}`;
}
