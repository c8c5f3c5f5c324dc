import type { LocationTemplate } from './domain/redirect-target.js';
import type { TrackedQuery } from './domain/tracked-query.js';

/** What a click on a promo's link needs to know. */
export interface ClickTarget {
  readonly location: LocationTemplate;
  /** Whose the visit is, as the database reads it. */
  readonly ownerJson: string;
}

/** One click on a promo's link. */
export interface Visit {
  readonly id: string;
  readonly target: ClickTarget;
  readonly visitedAt: Date;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly referer: string | null;
  readonly query: TrackedQuery;
}

/** Stores visits; its parameter is `visitsJson`. */
export const INSERT_VISITS = `
  INSERT INTO visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, ip, user_agent, referer, query)
  SELECT a, b, c, d, e, to_timestamp(f / 1000.0), g, h, i, j
    FROM json_to_recordset($1) AS v (a uuid, b uuid, c uuid, d uuid, e uuid, f bigint, g inet, h text, i text, j jsonb)`;

/** The same for visits that may be there already, because nobody heard whether their batch was committed. */
export const INSERT_VISITS_AGAIN = `${INSERT_VISITS} ON CONFLICT DO NOTHING`;

/**
 * A batch for the database. Written by hand because it is half the work of a click: ids and times need no
 * escaping, and what belongs to the promo is made once (`ownerJson`).
 */
export function visitsJson(visits: readonly Visit[]): string {
  let json = '[';
  for (const { id, target, visitedAt, ip, userAgent, referer, query } of visits) {
    json += `${json.length > 1 ? ',' : ''}{"a":"${id}",${target.ownerJson},"f":${visitedAt.getTime()}`;
    if (ip !== null) json += `,"g":"${ip}"`;
    if (userAgent !== null) json += `,"h":${JSON.stringify(userAgent)}`;
    if (referer !== null) json += `,"i":${JSON.stringify(referer)}`;
    json += `,"j":${JSON.stringify(query)}}`;
  }
  return `${json}]`;
}

/** The part of a visit's JSON that is the same for all visits of a promo. */
export function ownerJson(owner: {
  partnerId: string;
  brandId: string;
  campaignId: string;
  promoId: string;
}): string {
  return `"b":"${owner.partnerId}","c":"${owner.brandId}","d":"${owner.campaignId}","e":"${owner.promoId}"`;
}
