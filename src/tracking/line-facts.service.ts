import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { suspendedSql } from '../partner-management/index.js';
import type { ActivityColumn, ActivitySums, PromoActivity } from '../commissions/index.js';
import { fraudulentSql } from './fraud/fraudulent-sql.js';

/** A partner's period on a plan. */
export interface PartnerPeriod {
  readonly partnerId: string;
  readonly planId: string;
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
}

/** One promo in a partner's period. */
export interface PromoPeriod extends PartnerPeriod {
  readonly campaignId: string;
  readonly promoId: string;
}

/** What the brand calls a player or order, and how often its facts of the period were corrected since. */
export interface KnownThing {
  readonly externalId: string;
  readonly country: string | null;
  readonly corrections: number;
}

/** What a player did in a period. */
export interface PlayedPeriod extends KnownThing {
  readonly playerId: string;
  readonly firstAt: Date;
  readonly sums: ActivitySums;
}

/** Corrections of facts since an instant. */
export interface CorrectionsSince {
  readonly corrections: number;
  readonly players: number;
  readonly lastAt: Date | null;
}

type SumsRow = Record<string, string>;

/** As bill runs sum up: without players confirmed to be fraud, and without times of suspension. */
const IN_PERIOD = `a.partner_id = $1 AND a.interval_from >= $2 AND a.interval_from < $3
  AND NOT ${fraudulentSql('a.partner_id', 'a.player_id')} AND NOT ${suspendedSql('a.partner_id', 'a.interval_from')}`;
const OF_PROMO = `${IN_PERIOD} AND a.campaign_id = $4 AND a.promo_id = $5`;

/** The facts behind a line of a bill (B03), as they are now. */
@Injectable()
export class LineFacts {
  /** What the partner's players did in the period on the plan, promo by promo. */
  async promoSums(
    db: EntityManager,
    { partnerId, planId, from, to }: PartnerPeriod,
    columns: readonly ActivityColumn[],
  ): Promise<PromoActivity[]> {
    if (columns.length === 0) return [];
    const rows = await db.query<(SumsRow & { campaign_id: string; promo_id: string })[]>(
      `SELECT a.campaign_id, a.promo_id, ${sumsSql(columns)}
         FROM player_activity a JOIN campaigns c ON c.id = a.campaign_id AND c.commission_plan_id = $4
        WHERE ${IN_PERIOD} GROUP BY a.campaign_id, a.promo_id`,
      [partnerId, from, to, planId],
    );
    return rows.map((row) => ({
      campaignId: row.campaign_id,
      promoId: row.promo_id,
      sums: toSums(row, columns),
    }));
  }

  /** What the promo's players up to that one, by id, did together. */
  async sumsUpTo(
    db: EntityManager,
    period: PromoPeriod,
    columns: readonly ActivityColumn[],
    playerId: string,
  ): Promise<ActivitySums> {
    const [row] = await db.query<[SumsRow]>(
      `SELECT ${sumsSql(columns)} FROM player_activity a WHERE ${OF_PROMO} AND a.player_id <= $6`,
      [...promoParameters(period), playerId],
    );
    return toSums(row, columns);
  }

  /**
   * What the promo's players did in the period, one by one, in the order of their ids: that in which they came.
   * @param page the players after one, or that one alone
   * @param since corrections after this instant are counted
   */
  async players(
    db: EntityManager,
    period: PromoPeriod,
    columns: readonly ActivityColumn[],
    page: { readonly after: string | null; readonly only: string | null; readonly limit: number },
    since: Date,
  ): Promise<PlayedPeriod[]> {
    const rows = await db.query<(SumsRow & { player_id: string; first_at: Date })[]>(
      `SELECT a.player_id, min(a.interval_from) AS first_at, ${sumsSql(columns)}
         FROM player_activity a
        WHERE ${OF_PROMO} AND ($6::uuid IS NULL OR a.player_id > $6) AND ($7::uuid IS NULL OR a.player_id = $7)
        GROUP BY a.player_id ORDER BY a.player_id LIMIT $8`,
      [...promoParameters(period), page.after, page.only, page.limit],
    );
    const known = await this.knownPlayers(db, period, rows.map((row) => row.player_id), since); // prettier-ignore
    return rows.map((row) => ({
      playerId: row.player_id,
      firstAt: row.first_at,
      sums: toSums(row, columns),
      ...known.get(row.player_id)!,
    }));
  }

  /** What is known of the players, with the corrections of their activity and deposits in the period, by id. */
  async knownPlayers(
    db: EntityManager,
    { from, to }: PartnerPeriod,
    playerIds: readonly string[],
    since: Date,
  ): Promise<Map<string, KnownThing>> {
    const rows = await db.query<(KnownThing & { id: string })[]>(
      `SELECT p.id, p.external_id AS "externalId", p.country,
              (SELECT count(*)::int FROM activity_corrections x
                WHERE x.player_id = p.id AND x.interval_from >= $2 AND x.interval_from < $3
                  AND x.corrected_at > $4) AS corrections
         FROM players p WHERE p.id = ANY($1)`,
      [playerIds, from, to, since],
    );
    return new Map(rows.map(({ id, ...known }) => [id, known]));
  }

  /** Ids of the campaign's players or orders by what the brand calls them. */
  async idsOf(
    db: EntityManager,
    table: 'players' | 'orders',
    campaignId: string,
    externalIds: readonly string[],
  ): Promise<Map<string, string>> {
    const rows = await db.query<{ id: string; external_id: string }[]>(
      `SELECT f.id, f.external_id FROM campaigns c
         JOIN ${table} f ON f.brand_id = c.brand_id AND f.external_id = ANY($2) AND f.campaign_id = c.id
        WHERE c.id = $1`,
      [campaignId, externalIds],
    );
    return new Map(rows.map((row) => [row.external_id, row.id]));
  }

  /** What is known of the orders, by id; corrections of orders leave no trace of their own. */
  async knownOrders(db: EntityManager, orderIds: readonly string[]): Promise<Map<string, KnownThing>> {
    const rows = await db.query<(KnownThing & { id: string })[]>(
      `SELECT id, external_id AS "externalId", country, 0 AS corrections FROM orders WHERE id = ANY($1)`,
      [orderIds],
    );
    return new Map(rows.map(({ id, ...known }) => [id, known]));
  }

  /** How many corrections the promo's facts of the period have seen since the instant. */
  async correctionsSince(
    db: EntityManager,
    { partnerId, campaignId, promoId, from, to }: PromoPeriod,
    since: Date,
  ): Promise<CorrectionsSince> {
    const [row] = await db.query<[CorrectionsSince]>(
      `SELECT count(*)::int AS corrections, count(DISTINCT x.player_id)::int AS players, max(x.corrected_at) AS "lastAt"
         FROM players p JOIN activity_corrections x ON x.player_id = p.id
        WHERE p.partner_id = $1 AND p.campaign_id = $2 AND p.promo_id = $3
          AND x.interval_from >= $4 AND x.interval_from < $5 AND x.corrected_at > $6`,
      [partnerId, campaignId, promoId, from, to, since],
    );
    return row;
  }
}

function promoParameters({ partnerId, from, to, campaignId, promoId }: PromoPeriod): unknown[] {
  return [partnerId, from, to, campaignId, promoId];
}

function sumsSql(columns: readonly ActivityColumn[]): string {
  return columns.map((column) => `coalesce(sum(a.${column}), 0)::text AS ${column}`).join(', ');
}

function toSums(row: SumsRow, columns: readonly ActivityColumn[]): ActivitySums {
  return Object.fromEntries(columns.map((column) => [column, BigInt(row[column]!)]));
}
