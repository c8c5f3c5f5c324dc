import type { TrackedQuery } from './domain/tracked-query.js';

/** One click on a promo's link. */
export interface Visit {
  readonly id: string;
  readonly partnerId: string;
  readonly brandId: string;
  readonly campaignId: string;
  readonly promoId: string;
  readonly visitedAt: Date;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly referer: string | null;
  readonly query: TrackedQuery;
}

/** A batch of visits as JSON, which the database reads faster than we could write array literals. */
export function visitsJson(visits: readonly Visit[]): string {
  return JSON.stringify(visits.map(toRow));
}

/** Visits that are there already stay: a batch whose commit was not heard of is written again. */
export const INSERT_VISITS = `
  INSERT INTO visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, ip, user_agent, referer, query)
  SELECT a, b, c, d, e, f, g, h, i, j
    FROM json_to_recordset($1) AS v (a uuid, b uuid, c uuid, d uuid, e uuid, f timestamptz, g inet, h text, i text, j jsonb)
  ON CONFLICT DO NOTHING`;

function toRow(visit: Visit): object {
  return {
    a: visit.id,
    b: visit.partnerId,
    c: visit.brandId,
    d: visit.campaignId,
    e: visit.promoId,
    f: visit.visitedAt,
    g: visit.ip,
    h: visit.userAgent,
    i: visit.referer,
    j: visit.query,
  };
}
