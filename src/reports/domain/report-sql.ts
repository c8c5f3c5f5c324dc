import { columnOf } from './catalogue/columns.js';
import { grouperOf } from './catalogue/groupers.js';
import { counterNamed, type TimeSql } from './catalogue/sources.js';
import type { ExactRates } from './conversion.js';
import type { FactsContext, ReportScope } from './report-facts.js';
import { hasMoney, type ReportRequest } from './report-request.js';
import { factsSql, type RollupUse } from './report-rollups.js';
import { Placeholders, type Statement } from './statement.js';

/** What a report is made from. */
export interface ReportPlan {
  readonly scope: ReportScope;
  readonly request: ReportRequest;
  /** Smallest visit ids of the range's two ends, with a lag to either side. */
  readonly ids: { readonly from: string; readonly to: string };
  /** Null where only raw facts are read. */
  readonly rollups: RollupUse | null;
  /** Where visits are not summed yet: from when, and the smallest id; the range's begin where none are. */
  readonly visitsTail: { readonly from: Date; readonly fromId: string };
  /** Null where amounts stay in their currencies. */
  readonly rates: ExactRates | null;
}

/** Which page of the rows. */
export interface RowsSlice {
  readonly limit: number;
  readonly offset: number;
}

/**
 * A page of the rows: groupers `g0…`, `currency`, the columns by name as exact numeric texts, amounts in minor units
 * (times the divisor of the rates where they are converted), and `total_count`, how many rows there are in all.
 */
export function rowsStatement(plan: ReportPlan, { limit, offset }: RowsSlice): Statement {
  const placeholders = new Placeholders();
  const rows = rowsSql(plan, placeholders, { shown: ['count(*) OVER () AS total_count'], joins: [] });
  const page = `LIMIT ${placeholders.add(limit, 'bigint')} OFFSET ${placeholders.add(offset, 'bigint')}`;
  return { text: `${rows} ${page}`, values: placeholders.values };
}

/** All rows, in the same order; behind the columns the names of what groupers identify, in the order of these. */
export function wholeStatement(plan: ReportPlan): Statement {
  const placeholders = new Placeholders();
  const shown: string[] = [];
  const joins: string[] = [];
  plan.request.groupBy.forEach((name, index) => {
    const { named } = grouperOf(name);
    if (!named) return;
    shown.push(`named${index}.${named.column} AS name${index}`);
    joins.push(`LEFT JOIN ${named.table} named${index} ON named${index}.id = sums.g${index}`);
  });
  return { text: rowsSql(plan, placeholders, { shown, joins }), values: placeholders.values };
}

/** What a row shows besides its groupers and columns. */
interface MoreOfRows {
  readonly shown: readonly string[];
  readonly joins: readonly string[];
}

function rowsSql(plan: ReportPlan, placeholders: Placeholders, { shown, joins }: MoreOfRows): string {
  const groups = plan.request.groupBy.map((_, index) => `g${index}`);
  const sums = sumsSql(plan, groups, placeholders);
  const fields = [
    ...groups.map((group) => `sums.${group}::text AS ${group}`),
    'sums.currency',
    ...columnsSql(plan),
    ...shown,
  ];
  const keys = [...groups, 'currency'].map((key) => `sums.${key} NULLS LAST`);
  return `WITH sums AS (${sums})
    SELECT ${fields.join(', ')} FROM sums ${joins.join(' ')} ORDER BY ${keys.join(', ')}`;
}

/** How many rows there are in all, for a page behind the last one. */
export function countStatement(plan: ReportPlan): Statement {
  const placeholders = new Placeholders();
  const groups = plan.request.groupBy.map((_, index) => `g${index}`);
  const text = `SELECT count(*) AS total_count FROM (${sumsSql(plan, groups, placeholders)}) AS sums`;
  return { text, values: placeholders.values };
}

/**
 * The totals over all rows: one per currency, or one where amounts are converted. `unrated` names a currency of which
 * there are facts but no rate.
 */
export function totalsStatement(plan: ReportPlan): Statement {
  const placeholders = new Placeholders();
  const request = { ...plan.request, groupBy: [] };
  const sums = sumsSql({ ...plan, request }, [], placeholders);
  const text = `WITH sums AS (${sums})
    SELECT sums.currency, ${columnsSql(plan).join(', ')}, unrated FROM sums ORDER BY sums.currency NULLS LAST`;
  return { text, values: placeholders.values };
}

function columnsSql({ request }: ReportPlan): string[] {
  return request.columns.map((name) => `${columnOf(name).sql} AS ${name}`);
}

/** The sums of all counters that the columns need, by group and currency; groups without facts are not there. */
function sumsSql(plan: ReportPlan, groups: readonly string[], placeholders: Placeholders): string {
  const { scope, request, rates } = plan;
  const counters = [...new Set(request.columns.flatMap((name) => columnOf(name).counters))];
  const context: FactsContext = {
    scope,
    request,
    byCurrency: hasMoney(request),
    placeholders,
    time: timeSql(plan, placeholders),
  };
  const visitsTail = tailSql(plan, placeholders);
  const facts = factsSql(counters, { context, use: plan.rollups, visitsTail });
  if (!rates || !request.conversion) {
    return `SELECT ${[...groups, 'currency'].join(', ')}, NULL AS unrated, ${summed(counters).join(', ')}
      FROM (${facts}) AS facts GROUP BY ${[...groups, 'currency'].join(', ')} HAVING sum(facts) > 0`;
  }
  const currency = placeholders.once('target', request.conversion.currency, 'text');
  const names = placeholders.add([...rates.factors.keys()], 'text[]');
  const factors = placeholders.add([...rates.factors.values()].map(String), 'numeric[]');
  const grouping = groups.length > 0 ? `GROUP BY ${groups.join(', ')}` : '';
  return `SELECT ${[...groups, `${currency} AS currency`].join(', ')},
             min(facts.currency) FILTER (WHERE factor IS NULL) AS unrated, ${summed(counters, 'factor').join(', ')}
        FROM (${facts}) AS facts
        LEFT JOIN unnest(${names}, ${factors}) AS rate (rated, factor) ON rated = facts.currency
       ${grouping} HAVING sum(facts) > 0`;
}

/** A statement may have no parameter that it does not use: each comes in when it is first named. */
function timeSql({ request, ids }: ReportPlan, placeholders: Placeholders): TimeSql {
  return {
    get from() {
      return placeholders.once('from', request.from, 'timestamptz');
    },
    get to() {
      return placeholders.once('to', request.to, 'timestamptz');
    },
    get fromId() {
      return placeholders.once('fromId', ids.from, 'uuid');
    },
    get toId() {
      return placeholders.once('toId', ids.to, 'uuid');
    },
    get zone() {
      return placeholders.once('zone', request.timeZone, 'text');
    },
  };
}

/** The time of the visits that are not summed yet. */
function tailSql(plan: ReportPlan, placeholders: Placeholders): TimeSql {
  const time = timeSql(plan, placeholders);
  const { from, fromId } = plan.visitsTail;
  return {
    get from() {
      return placeholders.once('tail', from, 'timestamptz');
    },
    get fromId() {
      return placeholders.once('tailId', fromId, 'uuid');
    },
    get to() {
      return time.to;
    },
    get toId() {
      return time.toId;
    },
    get zone() {
      return time.zone;
    },
  };
}

function summed(counters: readonly string[], factor?: string): string[] {
  return counters.map((counter) => {
    const value = factor && counterNamed(counter).unit === 'money' ? `${counter} * ${factor}` : counter;
    return `sum(${value}) AS ${counter}`;
  });
}
