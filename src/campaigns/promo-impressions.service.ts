import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { Tx } from '../platform/index.js';

/** How often a promo's banner was shown on a day in UTC (`2026-10-31`). */
export interface ImpressionCount {
  promoId: string;
  day: string;
  people: number;
  bots: number;
}

/** Impressions of the promos' banners, by day (A04). */
@Injectable()
export class PromoImpressions {
  /** Adds to what was counted before; at most one count for each promo and day. */
  async add(tx: Tx, counts: readonly ImpressionCount[]): Promise<void> {
    // In one order, so that two instances wait for each other instead of locking each other out.
    await tx.query(
      `INSERT INTO promo_impressions AS counted (promo_id, day, people, bots)
       SELECT "promoId", day, people, bots
         FROM json_to_recordset($1) AS shown ("promoId" uuid, day date, people bigint, bots bigint)
        ORDER BY 1, 2
       ON CONFLICT (promo_id, day) DO UPDATE
         SET people = counted.people + EXCLUDED.people, bots = counted.bots + EXCLUDED.bots`,
      [JSON.stringify(counts)],
    );
  }

  /** Impressions by people, by the promo's id; promos that were never shown are absent. */
  async totalsOf(
    db: EntityManager | DataSource,
    promoIds: readonly string[],
  ): Promise<ReadonlyMap<string, number>> {
    const rows = await db.query<{ promoId: string; people: string }[]>(
      `SELECT promo_id AS "promoId", sum(people) AS people
         FROM promo_impressions WHERE promo_id = ANY ($1) GROUP BY promo_id`,
      [promoIds],
    );
    return new Map(rows.map(({ promoId, people }) => [promoId, Number(people)]));
  }
}
