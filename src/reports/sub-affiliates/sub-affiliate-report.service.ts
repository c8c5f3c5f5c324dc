import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../../platform/index.js';
import { badParameter } from '../domain/report-parameters.js';
import { DisplayCurrency, type DisplayRates } from '../display-currency.service.js';
import { moneyOf, scopeOf, SubAffiliateList } from './sub-affiliate-list.service.js';
import {
  PERIOD_GROUPERS,
  type SubAffiliateFiguresDto,
  type SubAffiliateReportDto,
  type SubAffiliateReportQuery,
  type SubAffiliateRowDto,
} from './sub-affiliate-report.dto.js';
import { LINES_FOR_BELOW, WITH_TREE } from './sub-affiliate-sql.js';

/** What a row is about that is apart by nothing. */
const NO_GROUP = {
  period: null,
  level: null,
  campaignId: null,
  campaignName: null,
  promoId: null,
  promoCode: null,
};

interface FiguresRow {
  registrations: number;
  amounts: Record<string, string> | null;
}

interface GroupRow extends FiguresRow {
  period: string | null;
  level: number | null;
  campaign_id: string | null;
  campaign_name: string | null;
  promo_id: string | null;
  promo_code: string | null;
  total_count: number;
}

/** What sub-affiliates brought, by period, level, campaign and promo (A19). */
@Injectable()
export class SubAffiliateReport {
  constructor(
    private readonly list: SubAffiliateList,
    private readonly display: DisplayCurrency,
    private readonly dataSource: DataSource,
    private readonly config: Config,
  ) {}

  /**
   * One page of the partner's report, with totals over all rows.
   * @throws DomainError INVALID_PARAMETER (400) for two periods or days in the wrong order, INVALID_CURRENCY (422)
   */
  async run(
    partnerId: string,
    userId: string,
    query: SubAffiliateReportQuery,
  ): Promise<SubAffiliateReportDto> {
    const { groupBy, page, limit } = query;
    const facts = factsSql(query);
    const rates = await this.rates(partnerId, userId, query);
    const values = [
      ...scopeOf(partnerId, query),
      query.from ?? null,
      query.to ?? null,
      query.timeZone ?? this.config.timeZone,
    ];
    const [totals] = await this.dataSource.query<[FiguresRow]>(totalsSql(facts), values);
    const rowsOf = (most: number, offset: number): Promise<GroupRow[]> =>
      this.dataSource.query<GroupRow[]>(rowsSql(facts), [...values, most, offset]);
    const rows = groupBy.length === 0 ? [] : await rowsOf(limit, (page - 1) * limit);
    // Behind the last page no row says how many there are.
    const [counted] = rows.length > 0 || groupBy.length === 0 ? rows : await rowsOf(1, 0);
    return {
      rows: rows.map((row) => toRow(row, rates)),
      totals: toFigures(totals, rates),
      page,
      totalCount: counted?.total_count ?? 0,
      conversion: rates.note(),
    };
  }

  /** All rows, read page by page; the totals where nothing sets rows apart. */
  async *rows(
    partnerId: string,
    userId: string,
    query: SubAffiliateReportQuery,
  ): AsyncGenerator<SubAffiliateRowDto> {
    for (let page = 1; ; page += 1) {
      const { rows, totals } = await this.run(partnerId, userId, { ...query, page, limit: 1000 });
      if (query.groupBy.length === 0) yield { ...NO_GROUP, ...totals };
      yield* rows;
      if (rows.length < 1000) return;
    }
  }

  private async rates(
    partnerId: string,
    userId: string,
    query: SubAffiliateReportQuery,
  ): Promise<DisplayRates> {
    const shown = await this.display.of(this.dataSource, userId, query.currency);
    return this.display.ratesTo(this.dataSource, shown, await this.list.currencies(partnerId, query));
  }
}

/** `facts` apart by the groupers and by currency. $5 and $6 are days, $7 is the zone. */
function factsSql({ groupBy, from, to }: SubAffiliateReportQuery): string {
  const periods = PERIOD_GROUPERS.filter((unit) => groupBy.includes(unit));
  if (periods.length > 1) throw badParameter('groupBy', 'takes at most one period');
  if (from !== undefined && to !== undefined && from > to)
    throw badParameter('to', 'must not be before from');
  const period = (day: string): string =>
    periods[0] ? `date_trunc('${periods[0]}', ${day})::date::text` : 'NULL';
  const key = (grouper: 'level' | 'campaign' | 'promo', column: string, type: string): string =>
    groupBy.includes(grouper) ? column : `NULL::${type}`;
  const keys = `${key('level', 'level', 'int')} AS level, ${key('campaign', 'campaign_id', 'uuid')} AS campaign_id,
                ${key('promo', 'promo_id', 'uuid')} AS promo_id`;
  const within = (day: string): string =>
    `($5::date IS NULL OR ${day} >= $5) AND ($6::date IS NULL OR ${day} <= $6)`;
  return `${WITH_TREE},
    signed_up AS (SELECT tree.*, (p.created_at AT TIME ZONE $7::text)::date AS day FROM tree JOIN partners p ON p.id = tree.partner_id),
    facts AS (
      SELECT ${period('day')} AS period, ${keys}, NULL AS currency, count(*) AS registrations, 0 AS minor
        FROM signed_up WHERE ${within('day')} GROUP BY 1, 2, 3, 4
      UNION ALL
      SELECT ${period('last_day')}, ${keys}, currency, 0, sum(amount_minor)
        FROM (${LINES_FOR_BELOW}) AS line WHERE ${within('last_day')} GROUP BY 1, 2, 3, 4, 5)`;
}

const AMOUNTS = `jsonb_object_agg(currency, minor::text) FILTER (WHERE currency IS NOT NULL) AS amounts`;

function totalsSql(facts: string): string {
  return `${facts}, summed AS (SELECT currency, sum(registrations)::int AS registrations, sum(minor) AS minor FROM facts GROUP BY 1)
    SELECT coalesce(sum(registrations), 0)::int AS registrations, ${AMOUNTS} FROM summed`;
}

function rowsSql(facts: string): string {
  return `${facts},
    summed AS (
      SELECT period, level, campaign_id, promo_id, currency, sum(registrations)::int AS registrations, sum(minor) AS minor
        FROM facts GROUP BY 1, 2, 3, 4, 5),
    grouped AS (
      SELECT period, level, campaign_id, promo_id, sum(registrations)::int AS registrations, ${AMOUNTS},
             (count(*) OVER ())::int AS total_count
        FROM summed GROUP BY 1, 2, 3, 4
       ORDER BY 1 NULLS FIRST, 2 NULLS FIRST, 3 NULLS FIRST, 4 NULLS FIRST LIMIT $8 OFFSET $9)
    SELECT grouped.*, c.name AS campaign_name, promo.code AS promo_code
      FROM grouped LEFT JOIN campaigns c ON c.id = grouped.campaign_id LEFT JOIN promos promo ON promo.id = grouped.promo_id
     ORDER BY period NULLS FIRST, level NULLS FIRST, grouped.campaign_id NULLS FIRST, promo_id NULLS FIRST`;
}

function toFigures({ registrations, amounts }: FiguresRow, rates: DisplayRates): SubAffiliateFiguresDto {
  const commission = moneyOf(amounts ?? {});
  return {
    registrationsCount: registrations,
    commission: commission.map((money) => money.toJSON()),
    commissionConverted: rates.sum(commission)?.toJSON() ?? null,
  };
}

function toRow(row: GroupRow, rates: DisplayRates): SubAffiliateRowDto {
  return {
    period: row.period,
    level: row.level,
    campaignId: row.campaign_id,
    campaignName: row.campaign_name,
    promoId: row.promo_id,
    promoCode: row.promo_code,
    ...toFigures(row, rates),
  };
}
