import { Injectable } from '@nestjs/common';
import { type DataSource, type EntityManager } from 'typeorm';
import {
  ACTIVITY_COLUMNS,
  type ActivitySums,
  type Period,
  type PromoActivity,
} from '../commissions/index.js';
import type { Tx } from '../platform/index.js';

/** What one partner did on the campaigns of one commission plan. */
interface FactsScope {
  readonly partnerId: string;
  readonly planId: string;
}

/** A player with everything that the decision on a qualification looks at; amounts in minor units. */
export interface PlayerToQualify {
  readonly playerId: string;
  readonly externalId: string;
  readonly campaignId: string;
  readonly promoId: string;
  /** Null when a promo code brought the player. */
  readonly visitId: string | null;
  /** The query that the player's visit carried. */
  readonly query: Record<string, string>;
  readonly country: string | null;
  readonly signedUpAt: Date;
  readonly duplicate: boolean;
  readonly selfExcluded: boolean;
  readonly disabled: boolean;
  readonly deposits: readonly { readonly at: Date; readonly amountMinor: bigint }[];
  readonly activity: readonly { readonly at: Date; readonly betsMinor: bigint }[];
}

interface PlayerRow {
  id: string;
  external_id: string;
  campaign_id: string;
  promo_id: string;
  visit_id: string | null;
  query: Record<string, string>;
  country: string | null;
  signed_up_at: Date;
  duplicate: boolean;
  self_excluded: boolean;
  disabled: boolean;
}

const SUMS = ACTIVITY_COLUMNS.map((column) => `sum(a.${column})::text AS ${column}`).join(', ');

/** The tracked facts as billing reads them, and the list of what has changed since it last did. */
@Injectable()
export class FactsService {
  /**
   * Partners whose facts on the plan changed at instants before `before`, in the order of their ids, after
   * `afterPartnerId` where one is given.
   */
  async partnersWithChanges(
    db: EntityManager | DataSource,
    query: { planId: string; before: Date; afterPartnerId: string | null; limit: number },
  ): Promise<string[]> {
    const rows = await db.query<{ partner_id: string }[]>(
      `SELECT DISTINCT c.partner_id FROM campaigns c
        WHERE c.commission_plan_id = $1 AND ($3::uuid IS NULL OR c.partner_id > $3)
          AND EXISTS (SELECT FROM fact_changes f WHERE f.campaign_id = c.id AND f.occurred_at < $2)
        ORDER BY c.partner_id LIMIT $4`,
      [query.planId, query.before, query.afterPartnerId, query.limit],
    );
    return rows.map((row) => row.partner_id);
  }

  /**
   * Takes the partner's changes before `before`, a period's end, off the list, with the transaction. Changes are listed
   * by quarters of an hour, which no period's end cuts: nothing that is taken off lies behind it.
   * @returns the instant of the earliest one (rounded down to its quarter of an hour), or null when there was none
   */
  async claimChanges(
    tx: Tx,
    { partnerId, planId, before }: FactsScope & { before: Date },
  ): Promise<Date | null> {
    const [row] = await tx.query<[{ earliest: Date | null }]>(
      `WITH due AS (
         DELETE FROM fact_changes f USING campaigns c
          WHERE c.id = f.campaign_id AND c.partner_id = $1 AND c.commission_plan_id = $2 AND f.occurred_at < $3
         RETURNING f.occurred_at)
       SELECT min(occurred_at) AS earliest FROM due`,
      [partnerId, planId, before],
    );
    return row.earliest;
  }

  /** Sums of the partner's activity per promo, for each of the periods in their order. */
  async activityByPromo(
    tx: Tx,
    { partnerId, planId, periods }: FactsScope & { periods: readonly Period[] },
  ): Promise<PromoActivity[][]> {
    const rows = await tx.query<
      ({ period: number; campaign_id: string; promo_id: string } & Record<string, string>)[]
    >(
      `SELECT p.ord::int AS period, a.campaign_id, a.promo_id, ${SUMS}
         FROM unnest($3::timestamptz[], $4::timestamptz[]) WITH ORDINALITY AS p (start_at, end_at, ord)
         JOIN player_activity a
           ON a.partner_id = $1 AND a.interval_from >= p.start_at AND a.interval_from < p.end_at
         JOIN campaigns c ON c.id = a.campaign_id AND c.commission_plan_id = $2
        GROUP BY p.ord, a.campaign_id, a.promo_id
        ORDER BY p.ord, a.campaign_id, a.promo_id`,
      [partnerId, planId, periods.map(({ start }) => start), periods.map(({ end }) => end)],
    );
    const byPeriod: PromoActivity[][] = periods.map(() => []);
    for (const row of rows) {
      const sums: ActivitySums = {};
      for (const column of ACTIVITY_COLUMNS) sums[column] = BigInt(row[column]!);
      byPeriod[row.period - 1]!.push({ campaignId: row.campaign_id, promoId: row.promo_id, sums });
    }
    return byPeriod;
  }

  /**
   * The partner's players on the plan who did anything (sign-up, deposit, play) from `from` to before `to`, with all
   * their facts before `to`: nobody else can reach a qualification in that time.
   */
  async playersForQualification(
    tx: Tx,
    { partnerId, planId, from, to }: FactsScope & { from: Date; to: Date },
  ): Promise<PlayerToQualify[]> {
    const players = await tx.query<PlayerRow[]>(
      `SELECT p.id, p.external_id, p.campaign_id, p.promo_id, p.visit_id, p.query, p.country, p.signed_up_at,
              p.duplicate, p.self_excluded, p.disabled
         FROM players p JOIN campaigns c ON c.id = p.campaign_id AND c.commission_plan_id = $2
        WHERE p.partner_id = $1 AND p.id IN (
              SELECT id FROM players WHERE partner_id = $1 AND signed_up_at >= $3 AND signed_up_at < $4
              UNION SELECT player_id FROM deposits
                     WHERE partner_id = $1 AND processed_at >= $3 AND processed_at < $4
              UNION SELECT player_id FROM player_activity
                     WHERE partner_id = $1 AND interval_from >= $3 AND interval_from < $4)
        ORDER BY p.id`,
      [partnerId, planId, from, to],
    );
    const ids = players.map(({ id }) => id);
    const deposits = await depositsOf(tx, ids, to);
    const activity = await betsOf(tx, ids, to);
    return players.map((row) => ({
      playerId: row.id,
      externalId: row.external_id,
      campaignId: row.campaign_id,
      promoId: row.promo_id,
      visitId: row.visit_id,
      query: row.query,
      country: row.country,
      signedUpAt: row.signed_up_at,
      duplicate: row.duplicate,
      selfExcluded: row.self_excluded,
      disabled: row.disabled,
      deposits: deposits.get(row.id) ?? [],
      activity: activity.get(row.id) ?? [],
    }));
  }
}

async function depositsOf(
  tx: Tx,
  playerIds: readonly string[],
  before: Date,
): Promise<Map<string, { at: Date; amountMinor: bigint }[]>> {
  const rows = await tx.query<{ player_id: string; at: Date; amount: string }[]>(
    `SELECT player_id, processed_at AS at, amount_minor AS amount FROM deposits
      WHERE player_id = ANY($1) AND processed_at < $2`,
    [playerIds, before],
  );
  return byPlayer(rows, ({ at, amount }) => ({ at, amountMinor: BigInt(amount) }));
}

async function betsOf(
  tx: Tx,
  playerIds: readonly string[],
  before: Date,
): Promise<Map<string, { at: Date; betsMinor: bigint }[]>> {
  const rows = await tx.query<{ player_id: string; at: Date; bets: string }[]>(
    `SELECT player_id, interval_from AS at, bets_sum AS bets FROM player_activity
      WHERE player_id = ANY($1) AND interval_from < $2 AND bets_sum <> 0`,
    [playerIds, before],
  );
  return byPlayer(rows, ({ at, bets }) => ({ at, betsMinor: BigInt(bets) }));
}

function byPlayer<Row extends { player_id: string }, T>(
  rows: readonly Row[],
  map: (row: Row) => T,
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.player_id);
    if (group) group.push(map(row));
    else groups.set(row.player_id, [map(row)]);
  }
  return groups;
}
