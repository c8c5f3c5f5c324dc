import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/index.js';
import { firstTouch } from './domain/first-touch.js';
import type { Mentioned } from './domain/mention.js';

/** Who brought a player or order: by a visit, by a promo code, or neither where a player of another program did. */
export interface Owner {
  readonly partnerId: string;
  readonly campaignId: string;
  readonly promoId: string;
  readonly visitId: string | null;
  readonly promoCodeId: string | null;
  /** As the brand spells it. */
  readonly promoCode: string | null;
  /** Country of the visit. */
  readonly country: string | null;
  /** The query that the visit carried. */
  readonly query: Readonly<Record<string, string>>;
}

/** Finds out who brought players and orders that are new. */
@Injectable()
export class Attribution {
  /** The owners of the mentions, at the brand: what reads one gives null where nobody brought it. */
  async ownersOf(
    tx: Tx,
    brandId: string,
    mentions: readonly Mentioned[],
  ): Promise<(mention: Mentioned) => Owner | null> {
    const tags = [...new Set(mentions.flatMap(({ tag }) => tag ?? []))];
    const codes = [...new Set(mentions.flatMap(({ promoCode }) => promoCode ?? []))];
    const byTag = tags.length > 0 ? await findByTag(tx, brandId, tags) : new Map<string, Owner>();
    const byCode = codes.length > 0 ? await findByCode(tx, brandId, codes) : new Map<string, Owner>();
    return ({ tag, promoCode }) =>
      firstTouch({
        visit: tag === null ? null : (byTag.get(tag) ?? null),
        promoCode: promoCode === null ? null : (byCode.get(promoCode) ?? null),
      });
  }
}

type Row = Owner & { key: string };

/** By visits of the brand, and by players that no visit brought: their tag is their own id. */
async function findByTag(tx: Tx, brandId: string, tags: readonly string[]): Promise<Map<string, Owner>> {
  const rows = await tx.query<Row[]>(
    `SELECT id AS key, partner_id AS "partnerId", campaign_id AS "campaignId", promo_id AS "promoId",
            id AS "visitId", NULL::uuid AS "promoCodeId", NULL AS "promoCode", country, query
       FROM visits WHERE id = ANY($1) AND brand_id = $2
     UNION ALL
     SELECT p.id, p.partner_id, p.campaign_id, p.promo_id, NULL, c.id, c.code, p.country, p.query
       FROM players p LEFT JOIN promo_codes c ON c.id = p.promo_code_id
      WHERE p.id = ANY($1) AND p.brand_id = $2 AND p.visit_id IS NULL`,
    [tags, brandId],
  );
  return byKey(rows);
}

/** By promo codes of the brand that a partner has taken. */
async function findByCode(tx: Tx, brandId: string, codes: readonly string[]): Promise<Map<string, Owner>> {
  const rows = await tx.query<Row[]>(
    `SELECT upper(code) AS key, partner_id AS "partnerId", campaign_id AS "campaignId", promo_id AS "promoId",
            NULL AS "visitId", id AS "promoCodeId", code AS "promoCode", NULL AS country, '{}'::jsonb AS query
       FROM promo_codes WHERE brand_id = $1 AND upper(code) = ANY($2) AND partner_id IS NOT NULL`,
    [brandId, codes],
  );
  return byKey(rows);
}

function byKey(rows: readonly Row[]): Map<string, Owner> {
  return new Map(rows.map(({ key, ...owner }) => [key, owner]));
}
