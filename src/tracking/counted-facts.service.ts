import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { ApprovedOrder, Registration } from '../commissions/index.js';
import { type CampaignScope, inScope } from './campaign-scope.js';
import { fraudulentOrderSql, fraudulentSql } from './fraud/fraudulent-sql.js';
import { suspendedSql } from '../partner-management/index.js';

/** A partner's time on a plan. */
interface PartnerSpan {
  readonly partnerId: string;
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
}

type Db = EntityManager | DataSource;

/** Facts that commission is paid for one by one, for many partners at once; none of a time of suspension. */
@Injectable()
export class CountedFacts {
  /**
   * Players who registered on the scope's campaigns in their partner's span, by partner; those who are never paid for
   * are among them and flagged.
   */
  async registrations(
    db: Db,
    scope: CampaignScope,
    spans: readonly PartnerSpan[],
  ): Promise<Map<string, Registration[]>> {
    const { condition, value } = inScope(scope);
    const rows = await db.query<(Registration & { partnerId: string })[]>(
      `SELECT f.partner_id AS "partnerId", f.campaign_id AS "campaignId", f.promo_id AS "promoId", f.external_id AS "externalId",
              f.signed_up_at AS "signedUpAt", f.country, f.duplicate, f.self_excluded AS "selfExcluded", f.disabled, f.settled,
              ${fraudulentSql('f.partner_id', 'f.id')} AS fraudulent
         FROM ${spanned('players', 'signed_up_at', condition)}`,
      [value, ...columnsOf(spans)],
    );
    return byPartner(rows, ({ partnerId: _, ...registration }) => registration);
  }

  /** Approved orders on the scope's campaigns that were ordered in their partner's span, by partner; none that is fraud. */
  async approvedOrders(
    db: Db,
    scope: CampaignScope,
    spans: readonly PartnerSpan[],
  ): Promise<Map<string, ApprovedOrder[]>> {
    const { condition, value } = inScope(scope);
    const rows = await db.query<
      (Omit<ApprovedOrder, 'amountMinor'> & { partnerId: string; amountMinor: string })[]
    >(
      `SELECT f.partner_id AS "partnerId", f.campaign_id AS "campaignId", f.promo_id AS "promoId", f.external_id AS "externalId",
              f.ordered_at AS "orderedAt", f.amount_minor AS "amountMinor"
         FROM ${spanned('orders', 'ordered_at', condition)} AND f.status = 'approved'
          AND NOT ${fraudulentOrderSql('f')}`,
      [value, ...columnsOf(spans)],
    );
    return byPartner(rows, ({ partnerId: _, amountMinor, ...order }) => ({
      ...order,
      amountMinor: BigInt(amountMinor),
    }));
  }
}

/** The rows `f` of the table that fall into the spans of their partners, on campaigns of the condition, and into no suspension. */
function spanned(table: 'players' | 'orders', time: string, condition: string): string {
  return `unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[]) AS span (partner_id, start_at, end_at)
         JOIN ${table} f ON f.partner_id = span.partner_id AND f.${time} >= span.start_at AND f.${time} < span.end_at
         JOIN campaigns c ON c.id = f.campaign_id
        WHERE ${condition} AND NOT ${suspendedSql('f.partner_id', `f.${time}`)}`;
}

function columnsOf(spans: readonly PartnerSpan[]): [string[], Date[], Date[]] {
  return [spans.map(({ partnerId }) => partnerId), spans.map(({ from }) => from), spans.map(({ to }) => to)];
}

function byPartner<Row extends { partnerId: string }, T>(
  rows: readonly Row[],
  map: (row: Row) => T,
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.partnerId);
    if (group) group.push(map(row));
    else groups.set(row.partnerId, [map(row)]);
  }
  return groups;
}
