import { type GroupedFact, grouperOf, strategySql } from './catalogue/groupers.js';
import type { Figure } from './catalogue/column.js';
import {
  type Source,
  sourceNamed,
  type SourceName,
  type TimeSql,
  typeOf,
  VERSIONS,
} from './catalogue/sources.js';
import type { ReportFilters, ReportRequest } from './report-request.js';
import type { Placeholders } from './statement.js';

/** Whose facts: of one partner, or null for the whole program. */
export interface ReportScope {
  readonly partnerId: string | null;
}

/** What a statement over facts is made of. */
export interface FactsContext {
  readonly scope: ReportScope;
  readonly request: Pick<ReportRequest, 'groupBy' | 'filters' | 'askedAt'>;
  readonly time: TimeSql;
  /** Whether the facts are kept apart by currency. */
  readonly byCurrency: boolean;
  readonly placeholders: Placeholders;
}

/** SQL of the joins that tell the strategy of a campaign, where the report asks for it. */
export function strategyJoins(campaign: string, { request, placeholders }: FactsContext): string {
  if (!request.groupBy.includes('strategy') && request.filters.strategies.length === 0) return '';
  const now = placeholders.once('askedAt', request.askedAt, 'timestamptz');
  return `
  LEFT JOIN campaigns sc ON sc.id = ${campaign}
  LEFT JOIN ${VERSIONS} sv ON sv.plan_id = sc.commission_plan_id AND ${now} >= sv.since AND ${now} < sv.until`;
}

/** What narrows raw facts further. */
export interface Narrowed {
  readonly time: TimeSql;
  readonly conditions: readonly string[];
  /** What stands before the source in the FROM clause. */
  readonly before: string;
}

/** SQL of a source's facts: the groups `g0…`, `currency`, `facts` (how many there are) and all figures. */
export function rawFactsSql(
  name: SourceName,
  figures: readonly Figure[],
  context: FactsContext,
  { time, conditions, before }: Narrowed = { time: context.time, conditions: [], before: '' },
): string {
  const source = sourceNamed(name);
  const fact: GroupedFact = { ...source.dimensions, strategy: strategySql('sv') };
  const groups = groupsOf(fact, { ...context, time });
  const sums = figuresSql(figures, [name], ({ sql }) => sql((counter) => source.counters[counter]!.sum));
  const keys = [...groups, context.byCurrency ? `${source.currency} AS currency` : `'N/A' AS currency`];
  return `SELECT ${[...keys, 'count(*) AS facts', ...sums].join(', ')}
    FROM ${before} ${source.from} ${joinsOf(source, figures)} ${strategyJoins(fact.campaign, context)}
   WHERE ${[source.where(time), ...conditions, ...conditionsOf(fact, context)].join(' AND ')}
   GROUP BY ${keys.map((_, index) => index + 1).join(', ')}`;
}

/** SQL of the groups' values as `g0…`. */
export function groupsOf(fact: GroupedFact, { request, time, placeholders }: FactsContext): string[] {
  return request.groupBy.map((name, index) => {
    const tag = (value: string): string => placeholders.once(`tag ${value}`, value, 'text');
    return `${grouperOf(name).value(fact, time, tag)} AS g${index}`;
  });
}

/** SQL of figures by their names; null for those of other sources, for adding nulls takes no time. */
export function figuresSql(
  figures: readonly Figure[],
  sources: readonly SourceName[],
  sqlOf: (figure: Figure) => string,
): string[] {
  return figures.map((figure) => {
    const own = sources.includes(figure.source) ? sqlOf(figure) : 'NULL';
    return `(${own})::${typeOf(figure.unit)} AS ${figure.name}`;
  });
}

function joinsOf(source: Source, figures: readonly Figure[]): string {
  const counters = figures.flatMap((figure) => figure.counters);
  const needed = counters.flatMap((counter) => source.counters[counter]?.join ?? []);
  return [...new Set(needed)].join(' ');
}

/** SQL of the conditions that scope and filters put on the facts. */
export function conditionsOf(fact: GroupedFact, { scope, request, placeholders }: FactsContext): string[] {
  const among = (value: string, name: keyof ReportFilters, type: string): string | null => {
    const list = request.filters[name];
    return list.length > 0 ? `${value} = ANY(${placeholders.once(name, list, type)})` : null;
  };
  const { promoCodes } = request.filters;
  const conditions = [
    scope.partnerId === null
      ? null
      : `${fact.partner} = ${placeholders.once('partner', scope.partnerId, 'uuid')}`,
    among(fact.partner, 'partnerIds', 'uuid[]'),
    among(fact.brand, 'brandIds', 'uuid[]'),
    among(fact.campaign, 'campaignIds', 'uuid[]'),
    among(fact.promo, 'promoIds', 'uuid[]'),
    among(fact.strategy, 'strategies', 'text[]'),
    among(fact.country, 'countries', 'text[]'),
    promoCodes.length === 0
      ? null
      : `${fact.promoCode} IN (SELECT id FROM promo_codes WHERE upper(code) = ANY(${placeholders.once(
          'promoCodes',
          promoCodes.map((code) => code.toUpperCase()),
          'text[]',
        )}))`,
  ];
  return conditions.filter((condition) => condition !== null);
}
