import type { Figure } from './catalogue/column.js';
import { columnOf } from './catalogue/columns.js';
import { grouperOf } from './catalogue/groupers.js';
import { sourceNamed, type TimeSql } from './catalogue/sources.js';
import type { ExactRates } from './conversion.js';
import type { FactsContext, ReportScope } from './report-facts.js';
import { daysBegunIn, hasMoney, type ReportRequest } from './report-request.js';
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
 * All rows: groupers `g0…`, `currency`, the columns by name as exact numeric texts, amounts in minor units (times the
 * divisor of the rates where they are converted), and the names of what groupers identify, in the order of these.
 */
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
  const fields = [...cellsSql(plan), ...shown].join(', ');
  const text = `WITH sums AS (${sumsSql(plan, figuresOf(plan), placeholders)})
    SELECT ${fields} FROM sums ${joins.join(' ')} ORDER BY ${orderSql(plan)}`;
  return { text, values: placeholders.values };
}

/**
 * A page of the rows as {@link wholeStatement} has them, behind the totals over all rows as {@link totalsStatement} has
 * them: one reading of the facts gives both. After the columns come `row_count`, how many rows the totals add up and null
 * in the rows, and `unrated`.
 */
export function pageStatement(plan: ReportPlan, { limit, offset }: RowsSlice): Statement {
  const placeholders = new Placeholders();
  const figures = figuresOf(plan);
  const fields = [...groupNames(plan), 'currency', 'unrated', ...figures.map(({ name }) => name)].join(', ');
  const text = `WITH sums AS (${sumsSql(plan, figures, placeholders)}),
      page AS (SELECT ${fields}, NULL::bigint AS row_count FROM sums ORDER BY ${orderSql(plan)}
                LIMIT ${placeholders.add(limit, 'bigint')} OFFSET ${placeholders.add(offset, 'bigint')})
    SELECT ${cellsSql(plan).join(', ')}, row_count, unrated
      FROM (${totalsOfSumsSql(plan, placeholders)} UNION ALL TABLE page) AS sums
     ORDER BY row_count IS NULL, ${orderSql(plan)}`;
  return { text, values: placeholders.values };
}

/** Adds up the sums; what counts each player once is counted over all groups instead. */
function totalsOfSumsSql(plan: ReportPlan, placeholders: Placeholders): string {
  const groups = groupNames(plan);
  const figures = figuresOf(plan);
  const once = groups.length > 0 ? figures.filter(({ source }) => sourceNamed(source).once) : [];
  const part = (from: string, rows: number, own: (figure: Figure) => boolean): string => {
    const shown = figures.map((figure) => `${own(figure) ? figure.name : 'NULL'} AS ${figure.name}`);
    return `SELECT currency, unrated, ${rows} AS row_count, ${shown.join(', ')} FROM ${from}`;
  };
  const parts = [part('sums', 1, (figure) => !once.includes(figure))];
  if (once.length > 0) {
    const counted = sumsSql(ungrouped(plan), once, placeholders);
    parts.push(part(`(${counted}) AS counted`, 0, (figure) => once.includes(figure)));
  }
  const sums = summed(figures).join(', ');
  const none = groups.map((group) => `NULL AS ${group}`);
  return `SELECT ${[...none, 'currency', 'min(unrated) AS unrated', sums].join(', ')}, sum(row_count) AS row_count
      FROM (${parts.join(' UNION ALL ')}) AS part GROUP BY currency`;
}

/**
 * The totals over all rows: one per currency, or one where amounts are converted. `unrated` names a currency of which
 * there are amounts but no rate.
 */
export function totalsStatement(plan: ReportPlan): Statement {
  const placeholders = new Placeholders();
  const all = ungrouped(plan);
  const text = `WITH sums AS (${sumsSql(all, figuresOf(all), placeholders)})
    SELECT ${cellsSql(all).join(', ')}, unrated FROM sums ORDER BY ${orderSql(all)}`;
  return { text, values: placeholders.values };
}

function ungrouped(plan: ReportPlan): ReportPlan {
  return { ...plan, request: { ...plan.request, groupBy: [] } };
}

function groupNames({ request }: ReportPlan): string[] {
  return request.groupBy.map((_, index) => `g${index}`);
}

/** What is summed for the columns. */
function figuresOf({ request }: ReportPlan): Figure[] {
  const figures = request.columns.flatMap((name) => columnOf(name).figures);
  return [...new Map(figures.map((figure) => [figure.name, figure])).values()];
}

/** What every row begins with: groupers, currency, columns. */
function cellsSql(plan: ReportPlan): string[] {
  return [
    ...groupNames(plan).map((group) => `sums.${group}::text AS ${group}`),
    'sums.currency',
    ...plan.request.columns.map((name) => `${columnOf(name).sql} AS ${name}`),
  ];
}

function orderSql(plan: ReportPlan): string {
  return [...groupNames(plan), 'currency'].map((key) => `sums.${key} NULLS LAST`).join(', ');
}

/** The sums of figures by group and currency; groups without facts are not there. */
function sumsSql(plan: ReportPlan, figures: readonly Figure[], placeholders: Placeholders): string {
  const { scope, request, rates } = plan;
  const groups = groupNames(plan);
  const context: FactsContext = {
    scope,
    request,
    byCurrency: hasMoney(request),
    placeholders,
    time: timeSql(plan, placeholders),
  };
  const visitsTail = tailSql(plan, placeholders);
  const facts = factsSql(figures, { context, use: plan.rollups, visitsTail });
  if (!rates || !request.conversion) {
    return `SELECT ${[...groups, 'currency'].join(', ')}, NULL AS unrated, ${summed(figures).join(', ')}
      FROM (${facts}) AS facts GROUP BY ${[...groups, 'currency'].join(', ')} HAVING sum(facts) > 0`;
  }
  const currency = placeholders.once('target', request.conversion.currency, 'text');
  const names = placeholders.add([...rates.factors.keys()], 'text[]');
  const factors = placeholders.add([...rates.factors.values()].map(String), 'numeric[]');
  const grouping = groups.length > 0 ? `GROUP BY ${groups.join(', ')}` : '';
  const amounts = figures.filter(({ unit }) => unit === 'money').map(({ name }) => `${name} <> 0`);
  const unrated = `factor IS NULL AND (${amounts.join(' OR ') || 'false'})`;
  return `SELECT ${[...groups, `${currency} AS currency`].join(', ')},
             min(facts.currency) FILTER (WHERE ${unrated}) AS unrated, ${summed(figures, 'factor').join(', ')}
        FROM (${facts}) AS facts
        LEFT JOIN unnest(${names}, ${factors}) AS rate (rated, factor) ON rated = facts.currency
       ${grouping} HAVING sum(facts) > 0`;
}

/** A statement may have no parameter that it does not use: each comes in when it is first named. */
function timeSql({ request, ids }: ReportPlan, placeholders: Placeholders): TimeSql {
  const days = daysBegunIn(request);
  return {
    get from() {
      return placeholders.once('from', request.from, 'timestamptz');
    },
    get to() {
      return placeholders.once('to', request.to, 'timestamptz');
    },
    get fromDay() {
      return placeholders.once('fromDay', days.from, 'date');
    },
    get toDay() {
      return placeholders.once('toDay', days.to, 'date');
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
    get fromDay() {
      return time.fromDay;
    },
    get toDay() {
      return time.toDay;
    },
    get toId() {
      return time.toId;
    },
    get zone() {
      return time.zone;
    },
  };
}

function summed(figures: readonly Figure[], factor?: string): string[] {
  return figures.map(({ name, unit }) => {
    const value = factor && unit === 'money' ? `${name} * ${factor}` : name;
    return `coalesce(sum(${value}), 0) AS ${name}`;
  });
}
