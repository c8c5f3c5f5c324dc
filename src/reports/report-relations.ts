import type { EntityManager } from 'typeorm';
import { strategySql } from './domain/catalogue/groupers.js';
import type { FactRow } from './domain/report-answer.js';
import type { ReportRequest } from './domain/report-request.js';
import type { ReportRelationsDto } from './performance-report.dto.js';

const CAMPAIGNS = `
  SELECT c.id, c.name, ${strategySql('v')} AS strategy
    FROM campaigns c
    JOIN commission_plans p ON p.id = c.commission_plan_id
    JOIN commission_plan_versions v ON v.plan_id = p.id AND v.version = p.current_version
   WHERE c.id = ANY($1::uuid[]) ORDER BY c.id`;
const PROMOS = 'SELECT id, title AS name, code FROM promos WHERE id = ANY($1::uuid[]) ORDER BY id';
const BRANDS = 'SELECT id, name FROM brands WHERE id = ANY($1::uuid[]) ORDER BY id';
const PARTNERS = 'SELECT id, name FROM partners WHERE id = ANY($1::uuid[]) ORDER BY id';

/** The names behind the ids of the rows. */
export async function relationsOf(
  db: EntityManager,
  request: Pick<ReportRequest, 'groupBy'>,
  rows: readonly FactRow[],
): Promise<ReportRelationsDto> {
  const named = async <T>(name: 'brand' | 'campaign' | 'promo' | 'partner', text: string): Promise<T[]> => {
    const index = request.groupBy.indexOf(name);
    const ids = index < 0 ? [] : [...new Set(rows.flatMap((row) => row[`g${index}`] ?? []))];
    return ids.length === 0 ? [] : db.query<T[]>(text, [ids]);
  };
  return {
    campaigns: await named('campaign', CAMPAIGNS),
    promos: await named('promo', PROMOS),
    brands: await named('brand', BRANDS),
    partners: await named('partner', PARTNERS),
    dedicated_operators: [],
  };
}
