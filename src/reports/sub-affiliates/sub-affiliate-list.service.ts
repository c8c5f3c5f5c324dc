import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Money, toPage, toTimeRange } from '../../platform/index.js';
import { DisplayCurrency, type DisplayRates } from '../display-currency.service.js';
import { orderOf, placeOf } from './sub-affiliate-sorts.js';
import { LINES_FOR_BELOW, SHARES, WITH_TREE } from './sub-affiliate-sql.js';
import type {
  OperatorSubAffiliateDto,
  OperatorSubAffiliatePage,
  SubAffiliatesQuery,
} from './sub-affiliates.dto.js';

interface Row {
  id: string;
  name: string;
  state: OperatorSubAffiliateDto['state'];
  level: number;
  inviter_id: string;
  campaign_id: string;
  campaign_name: string;
  promo_id: string;
  promo_code: string;
  registered_at: Date;
  /** Minor units by currency. */
  amounts: Record<string, string>;
  worth: string;
}

/** $5 to $9: rates, registered from and before, name, limit; the cursor follows. */
const listSql = (orderBy: string, behind: string): string => `
  ${WITH_TREE}, ${SHARES},
  commissions AS (
    SELECT partner_id, jsonb_object_agg(currency, minor::text) AS amounts, coalesce(sum(minor * factor), 0) AS worth
      FROM shares LEFT JOIN jsonb_to_recordset($5::jsonb) AS rate (currency text, factor numeric) USING (currency)
     GROUP BY partner_id),
  listed AS (
    SELECT p.id, p.name, p.state, tree.level, tree.inviter_id, tree.campaign_id, tree.promo_id,
           p.created_at AS registered_at, coalesce(m.amounts, '{}') AS amounts, coalesce(m.worth, 0) AS worth
      FROM tree JOIN partners p ON p.id = tree.partner_id LEFT JOIN commissions m ON m.partner_id = tree.partner_id
     WHERE ($6::timestamptz IS NULL OR p.created_at >= $6) AND ($7::timestamptz IS NULL OR p.created_at < $7)
       AND ($8::text IS NULL OR strpos(lower(p.name), lower($8)) > 0)),
  page AS (SELECT * FROM listed WHERE ${behind} ORDER BY ${orderBy} LIMIT $9)
  SELECT page.id, page.name, page.state, page.level, page.inviter_id, page.campaign_id, c.name AS campaign_name,
         page.promo_id, promo.code AS promo_code, page.registered_at, page.amounts, page.worth::text AS worth
    FROM page JOIN campaigns c ON c.id = page.campaign_id JOIN promos promo ON promo.id = page.promo_id
   ORDER BY ${orderBy.replaceAll(/\b(id|level|registered_at|worth)\b/g, 'page.$1')}`;

/** Who came through a partner (rules §2.5), and what it was paid for each (A19). */
@Injectable()
export class SubAffiliateList {
  constructor(
    private readonly display: DisplayCurrency,
    private readonly dataSource: DataSource,
  ) {}

  /** Currencies in which the partner was ever billed for those below, as far as the filters say. */
  async currencies(
    partnerId: string,
    query: Pick<SubAffiliatesQuery, 'campaignId' | 'promoId' | 'level'>,
  ): Promise<string[]> {
    const rows = await this.dataSource.query<{ currency: string }[]>(
      `SELECT DISTINCT currency FROM (${LINES_FOR_BELOW}) AS line ORDER BY 1`,
      scopeOf(partnerId, query),
    );
    return rows.map(({ currency }) => currency);
  }

  /**
   * A page of the sub-affiliates of a partner, ten levels deep, the latest sign-up first or in the order asked for.
   * @param userId who reads, for the currency
   * @throws DomainError INVALID_CURSOR (400), INVALID_CURRENCY (422)
   */
  async list(
    partnerId: string,
    userId: string,
    query: SubAffiliatesQuery,
  ): Promise<OperatorSubAffiliatePage> {
    const shown = await this.display.of(this.dataSource, userId, query.currency);
    const rates = await this.display.ratesTo(this.dataSource, shown, await this.currencies(partnerId, query));
    const { sort, limit, cursor } = query;
    const { from, before } = toTimeRange(query);
    const { orderBy, behind, values } = orderOf(sort, cursor, 10);
    const rows = await this.dataSource.query<Row[]>(listSql(orderBy, behind), [
      ...scopeOf(partnerId, query),
      JSON.stringify(rates.factors()),
      from ?? null,
      before ?? null,
      query.name ?? null,
      limit + 1,
      ...values,
    ]);
    const { items, nextCursor } = toPage(rows, limit, (row) => placeOf(row, sort));
    return { items: items.map((row) => toDto(row, rates)), nextCursor, conversion: rates.note() };
  }
}

/** The first parameters of statements with a tree. */
export function scopeOf(
  partnerId: string,
  { campaignId, promoId, level }: Pick<SubAffiliatesQuery, 'campaignId' | 'promoId' | 'level'>,
): unknown[] {
  return [partnerId, campaignId ?? null, promoId ?? null, level ?? null];
}

/** The amounts that the database gives as minor units by currency, in the order of the currencies; zeros are left out. */
export function moneyOf(amounts: Readonly<Record<string, string>>): Money[] {
  return Object.entries(amounts)
    .map(([currency, minor]) => Money.of(BigInt(minor), currency))
    .filter((money) => !money.isZero())
    .sort((a, b) => (a.currency < b.currency ? -1 : 1));
}

function toDto(row: Row, rates: DisplayRates): OperatorSubAffiliateDto {
  const commission = moneyOf(row.amounts);
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    level: row.level,
    inviterId: row.inviter_id,
    campaignId: row.campaign_id,
    campaignName: row.campaign_name,
    promoId: row.promo_id,
    promoCode: row.promo_code,
    registeredAt: row.registered_at.toISOString(),
    commission: commission.map((money) => money.toJSON()),
    commissionConverted: rates.sum(commission)?.toJSON() ?? null,
  };
}
