import { copyField } from '../platform/index.js';
import type { Visit } from './visit.js';

/** Stores visits, whose rows are made by `visitRow`. */
export const COPY_VISITS = `COPY visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, ip, user_agent,
  referer, query, country, bot, datacenter) FROM STDIN`;

/** A visit in the text format of COPY, in the order of the command's columns; written out, for every click makes one. */
export function visitRow({ id, target, visitedAt, visitor, query }: Visit): string {
  const { ip, userAgent, referer, country, bot, datacenter } = visitor;
  return `${id}\t${target.owner}\t${visitedAt.toISOString()}\t${ip ?? '\\N'}\t${copyField(userAgent)}\t${copyField(referer)}\t${copyField(JSON.stringify(query))}\t${country ?? '\\N'}\t${bot}\t${datacenter}\n`;
}

/** Ids of a promo and of those it belongs to, as a part of a row: the same for all its visits. */
export function ownerFields(owner: {
  partnerId: string;
  brandId: string;
  campaignId: string;
  promoId: string;
}): string {
  return `${owner.partnerId}\t${owner.brandId}\t${owner.campaignId}\t${owner.promoId}`;
}
