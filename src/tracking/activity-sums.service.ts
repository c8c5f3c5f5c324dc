import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { suspendedSql } from '../partner-management/index.js';
import { type CampaignScope, inScope } from './campaign-scope.js';
import {
  type ActivityScope,
  groupSums,
  type PeriodActivity,
  placeOfPeriod,
  sumsOf,
} from './changed-facts.js';
import { fraudulentSql } from './fraud/fraudulent-sql.js';

type SumsRow = { period: number; partner_id: string; campaign_id: string; promo_id: string } & Record<
  string,
  string
>;

/** The next partners of a list, at most `limit`. */
export interface WantedPartners {
  readonly below: string | null;
  /** Null for all. */
  readonly among: readonly string[] | null;
  readonly limit: number;
}

/** Partners with campaigns, and what their players did, whether it changed or not. */
@Injectable()
export class ActivityOfPartners {
  /** Ids of partners with campaigns in the scope, in falling order from below `below` on. */
  async partnerIds(
    db: EntityManager,
    scope: CampaignScope,
    { below, among, limit }: WantedPartners,
  ): Promise<string[]> {
    const { condition, value } = inScope(scope);
    const rows = await db.query<{ partner_id: string }[]>(
      `SELECT DISTINCT c.partner_id FROM campaigns c
        WHERE ${condition} AND ($2::uuid IS NULL OR c.partner_id < $2)
          AND ($3::uuid[] IS NULL OR c.partner_id = ANY($3))
        ORDER BY c.partner_id DESC LIMIT $4`,
      [value, below, among, limit],
    );
    return rows.map((row) => row.partner_id);
  }

  /** Sums per period and promo by partner, without players confirmed to be fraud and times of suspension. */
  async sums(
    db: EntityManager,
    scope: CampaignScope,
    partnerIds: readonly string[],
    { periods, groups }: ActivityScope,
  ): Promise<Map<string, PeriodActivity[]>> {
    if (groups.length === 0) return new Map();
    const { condition, value } = inScope(scope);
    const rows = await db.query<SumsRow[]>(
      `SELECT ${placeOfPeriod('a.interval_from', '$3')} - 1 AS period, a.partner_id, a.campaign_id, a.promo_id,
              ${groupSums(groups)}
         FROM player_activity a
         JOIN campaigns c ON c.id = a.campaign_id AND ${condition}
        WHERE a.partner_id = ANY($2) AND a.interval_from >= $4 AND a.interval_from < $5
          AND NOT ${fraudulentSql('a.partner_id', 'a.player_id')}
          AND NOT ${suspendedSql('a.partner_id', 'a.interval_from')}
        GROUP BY a.partner_id, period, a.campaign_id, a.promo_id`,
      [value, partnerIds, periods.map(({ start }) => start), periods[0]!.start, periods.at(-1)!.end],
    );
    const activity = rows.map((row) => {
      const { period, campaign_id: campaignId, promo_id: promoId } = row;
      return { partnerId: row.partner_id, period, campaignId, promoId, sums: sumsOf(row, groups) };
    });
    return Map.groupBy(activity, ({ partnerId }) => partnerId);
  }
}
