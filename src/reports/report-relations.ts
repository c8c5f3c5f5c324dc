import type { EntityManager } from 'typeorm';
import { strategySql } from './domain/catalogue/groupers.js';
import { VERSIONS } from './domain/catalogue/sources.js';
import type { Cell } from './domain/report-answer.js';
import type { ReportRelationsDto } from './performance-report.dto.js';

const CAMPAIGNS = `
  SELECT c.id, c.name, ${strategySql('v')} AS strategy
    FROM campaigns c
    JOIN ${VERSIONS} v ON v.plan_id = c.commission_plan_id AND $2 >= v.since AND $2 < v.until
   WHERE c.id = ANY($1::uuid[]) ORDER BY c.id`;
const PROMOS = 'SELECT id, title AS name, code FROM promos WHERE id = ANY($1::uuid[]) ORDER BY id';
const BRANDS = 'SELECT id, name FROM brands WHERE id = ANY($1::uuid[]) ORDER BY id';
const PARTNERS = 'SELECT id, name FROM partners WHERE id = ANY($1::uuid[]) ORDER BY id';

/** What the cells of that name identify. */
const RELATED = {
  campaign_id: 'campaigns',
  promo_id: 'promos',
  brand_id: 'brands',
  partner_id: 'partners',
} as const satisfies Record<string, keyof ReportRelationsDto>;
type Related = (typeof RELATED)[keyof typeof RELATED];

/** Ids in rows, each once, by what they are of. */
export type RelatedIds = Map<Related, Set<string>>;

/** What the cell of that name identifies; undefined for others. */
export function relatedBy(cell: string): Related | undefined {
  return Object.hasOwn(RELATED, cell) ? RELATED[cell as keyof typeof RELATED] : undefined;
}

/** Adds the ids in some rows of one report to those known. */
export function addRelatedIds(ids: RelatedIds, rows: readonly Cell[][]): RelatedIds {
  rows[0]?.forEach(({ name }, at) => {
    const related = relatedBy(name);
    if (!related) return;
    const known = ids.get(related) ?? new Set();
    for (const row of rows) {
      const { value } = row[at]!;
      if (typeof value === 'string') known.add(value);
    }
    ids.set(related, known);
  });
  return ids;
}

/**
 * The names behind ids.
 * @param at campaigns have the strategy of the terms in force then
 */
export async function relationsOf(db: EntityManager, ids: RelatedIds, at: Date): Promise<ReportRelationsDto> {
  const named = async <T>(related: Related, text: string, ...more: unknown[]): Promise<T[]> => {
    const wanted = [...(ids.get(related) ?? [])];
    return wanted.length === 0 ? [] : db.query<T[]>(text, [wanted, ...more]);
  };
  return {
    campaigns: await named('campaigns', CAMPAIGNS, at),
    promos: await named('promos', PROMOS),
    brands: await named('brands', BRANDS),
    partners: await named('partners', PARTNERS),
    dedicated_operators: [],
  };
}
