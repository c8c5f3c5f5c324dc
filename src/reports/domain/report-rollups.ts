import { DateTime } from 'luxon';
import { startOfDay } from '../../platform/time/time-zones.js';
import type { Figure } from './catalogue/column.js';
import { type GroupedFact, type GrouperName, strategySql } from './catalogue/groupers.js';
import {
  dimensionsOf,
  EVER,
  FAMILIES,
  type FamilyName,
  familyOf,
  type Grain,
  tableOf,
} from './catalogue/rollups.js';
import { sourceNamed, type SourceName, type TimeSql } from './catalogue/sources.js';
import {
  conditionsOf,
  type FactsContext,
  figuresSql,
  groupsOf,
  rawFactsSql,
  type ReportScope,
  strategyJoins,
} from './report-facts.js';
import { daysBegunIn, type ReportRequest } from './report-request.js';
import { DAYS_MARGIN, dirtyDaysSql, markedDaySql, onDirtyDay } from './rollup-sql.js';

/** What is summed ahead, as the database says. */
export interface RollupState {
  /** Zone of the days; null where nothing is summed. */
  readonly timeZone: string | null;
  /** Visits of the days before it are summed (YYYY-MM-DD). */
  readonly visitsBefore: string | null;
  /** The first and the last day on which facts in scope have changed since they were summed; null for none. */
  readonly firstChanged: string | null;
  readonly lastChanged: string | null;
}

/** How a report uses what is summed ahead. */
export interface RollupUse {
  readonly grain: Grain;
  /** First day, and the one after the last. */
  readonly fromDay: string;
  readonly toDay: string;
  readonly visitsBefore: string | null;
  /** Between which instants facts may have changed since they were summed; null where none have. */
  readonly changed: { readonly from: Date; readonly to: Date } | null;
}

const PERIODS: readonly GrouperName[] = ['day', 'week', 'month', 'year'];
const OF_BRANDS: readonly GrouperName[] = [...PERIODS, 'brand'];
const OF_PROMOS: readonly GrouperName[] = [...OF_BRANDS, 'campaign', 'promo', 'strategy', 'partner'];

/** How the report can use the sums; null where only raw facts tell what it asks for. */
export function rollupUse(state: RollupState, scope: ReportScope, request: ReportRequest): RollupUse | null {
  const { timeZone, groupBy, filters } = request;
  if (state.timeZone !== timeZone) return null;
  const [from, to] = [request.from, request.to].map((at) => DateTime.fromJSDate(at, { zone: timeZone })) as [
    DateTime,
    DateTime,
  ];
  if (![from, to].every(beginsItsDay)) return null;
  if (filters.countries.length > 0 || filters.promoCodes.length > 0) return null;
  const groupedBy = (known: readonly GrouperName[]): boolean => groupBy.every((name) => known.includes(name));
  if (!groupedBy(OF_PROMOS)) return null;
  const { partnerIds, campaignIds, promoIds, strategies } = filters;
  const ofAllPromos =
    scope.partnerId === null &&
    [partnerIds, campaignIds, promoIds, strategies].every(({ length }) => length === 0);
  const inMonths =
    [from, to].every(({ day }) => day === 1) && !groupBy.some((name) => ['day', 'week'].includes(name));
  const grain = ofAllPromos && groupedBy(OF_BRANDS) ? 'brand' : inMonths ? 'month' : 'day';
  const days = daysBegunIn(request);
  return {
    grain,
    fromDay: days.from,
    toDay: days.to,
    visitsBefore: state.visitsBefore,
    changed: changedBetween(state, from, to),
  };
}

function beginsItsDay(at: DateTime): boolean {
  return at.toMillis() === startOfDay(at.zoneName!, at.toISODate()!).getTime();
}

/** Between which instants the changed facts of a range of days are, with as much to either side as {@link dirtyDaysSql}. */
function changedBetween(
  { firstChanged, lastChanged }: RollupState,
  from: DateTime,
  to: DateTime,
): RollupUse['changed'] {
  if (firstChanged === null || lastChanged === null) return null;
  const zone = from.zoneName!;
  const first = DateTime.max(from, DateTime.fromJSDate(startOfDay(zone, firstChanged)));
  const end = DateTime.min(to, DateTime.fromJSDate(startOfDay(zone, lastChanged, 1)));
  if (first >= end) return null;
  return { from: first.minus(DAYS_MARGIN).toJSDate(), to: end.plus(DAYS_MARGIN).toJSDate() };
}

/** What a report's facts are read from. */
export interface FactsToRead {
  readonly context: FactsContext;
  readonly use: RollupUse | null;
  /** Time of the visits that are not summed yet. */
  readonly visitsTail: TimeSql;
}

/**
 * SQL of the facts that the figures are summed from, stacked. What is summed ahead counts as it is; from days on which
 * facts have changed since, the sums are taken off and the raw facts are added. So figures are exact at all times.
 */
export function factsSql(figures: readonly Figure[], read: FactsToRead): string {
  const { context, use } = read;
  const sources = [...new Set(figures.map(({ source }) => source))];
  if (!use) return stacked(sources.map((source) => rawFactsSql(source, figures, context)));
  const families = new Map<FamilyName, SourceName[]>();
  const parts: string[] = [];
  for (const source of sources) {
    const family = familyOf(source);
    if (family === null || (family === 'visits' && use.visitsBefore === null)) {
      parts.push(rawFactsSql(source, figures, context));
    } else {
      families.set(family, [...(families.get(family) ?? []), source]);
    }
  }
  for (const [family, own] of families) {
    parts.push(
      rolledSql({ family, sources: own, grain: use.grain, sign: '', join: '' }, figures, context, use),
    );
    if (family === 'visits') {
      if (use.visitsBefore! < use.toDay) {
        parts.push(
          rawFactsSql('visits', figures, context, { time: read.visitsTail, conditions: [], before: '' }),
        );
      }
    } else if (use.changed) {
      parts.push(...changedSql(family, own, figures, context, use));
    }
  }
  const dirty =
    use.changed && families.has('facts') ? `WITH dirty AS MATERIALIZED (${dirtySql(context, use)})` : '';
  return `${dirty} ${stacked(parts)}`;
}

function stacked(parts: readonly string[]): string {
  return parts.join('\n UNION ALL ');
}

/** The days on which facts have changed since they were summed. */
function dirtySql({ scope, time, placeholders }: FactsContext, { fromDay, toDay }: RollupUse): string {
  const own =
    scope.partnerId === null
      ? ''
      : `WHERE partner_id = ${placeholders.once('partner', scope.partnerId, 'uuid')}`;
  const keys = `SELECT partner_id, ${markedDaySql(time.zone)} AS day FROM report_marks ${own}`;
  const first = placeholders.once('fromDay', fromDay, 'date');
  const end = placeholders.once('toDay', toDay, 'date');
  return dirtyDaysSql(`SELECT * FROM (${keys}) AS mark WHERE day >= ${first} AND day < ${end}`, time.zone);
}

/** For days on which facts have changed: what takes their sums off, and their raw facts. */
function changedSql(
  family: FamilyName,
  sources: readonly SourceName[],
  figures: readonly Figure[],
  context: FactsContext,
  use: RollupUse,
): string[] {
  const join = 'JOIN dirty ON dirty.partner_id = r.partner_id AND dirty.day = r.starts_on';
  const { placeholders, time } = context;
  // The planner leaves out the months that these are not in. Bills, which go by days, do not name them.
  const changed: TimeSql = {
    ...EVER,
    get from() {
      return placeholders.once('changedFrom', use.changed!.from, 'timestamptz');
    },
    get to() {
      return placeholders.once('changedTo', use.changed!.to, 'timestamptz');
    },
    zone: time.zone,
  };
  return [
    rolledSql({ family, sources, grain: 'day', sign: '-', join }, figures, context, use),
    ...sources.map((source) => {
      const { time: day, conditions } = onDirtyDay(source, time.zone);
      return rawFactsSql(source, figures, context, {
        time: day,
        conditions: [...conditions, sourceNamed(source).where(changed)],
        before: 'dirty CROSS JOIN',
      });
    }),
  ];
}

interface Rolled {
  readonly family: FamilyName;
  readonly sources: readonly SourceName[];
  readonly grain: Grain;
  readonly sign: '' | '-';
  readonly join: string;
}

function rolledSql(
  { family, sources, grain, sign, join }: Rolled,
  figures: readonly Figure[],
  context: FactsContext,
  use: RollupUse,
): string {
  const { placeholders, byCurrency } = context;
  const fact: GroupedFact = { ...dimensionsOf(grain), strategy: strategySql('sv') };
  const facts = sources.map((source) => `r.${sourceNamed(source).presence}`).join(' + ');
  const sums = figuresSql(figures, sources, ({ sql }) => `${sign}(${sql((counter) => `r.${counter}`)})`);
  const shown = [
    ...groupsOf(fact, context),
    byCurrency ? 'r.currency' : `'N/A' AS currency`,
    `${sign}(${facts}) AS facts`,
    ...sums,
  ];
  const conditions = [
    `r.starts_on >= ${placeholders.once('fromDay', use.fromDay, 'date')}`,
    `r.starts_on < ${placeholders.once('toDay', use.toDay, 'date')}`,
    ...conditionsOf(fact, context),
  ];
  return `SELECT ${shown.join(', ')} FROM ${tableOf(FAMILIES[family], grain)} r ${join} ${strategyJoins(fact.campaign, context)}
   WHERE ${conditions.join(' AND ')}`;
}
