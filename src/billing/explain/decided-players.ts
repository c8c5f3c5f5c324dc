import type { EntityManager } from 'typeorm';
import type { PeriodFacts } from '../../commissions/index.js';
import type { PartnerPeriod } from '../../tracking/index.js';

type QualifiedPlayers = PeriodFacts['qualified'];

/**
 * The players whom the partner's period pays for by what bill runs decided: as long as none of its facts has changed
 * since, that is what they come to now.
 * @param strategyIndex place of the one strategy of the period that pays for players who qualify
 */
export async function findDecided(
  db: EntityManager,
  { partnerId, planId, from }: PartnerPeriod,
  strategyIndex: number,
): Promise<QualifiedPlayers> {
  const rows = await db.query<Omit<QualifiedPlayers[number], 'strategyIndex'>[]>(
    `SELECT p.external_id AS "externalId", q.campaign_id AS "campaignId", q.promo_id AS "promoId", q.qualified_at AS at
       FROM player_qualifications q JOIN players p ON p.id = q.player_id
      WHERE q.partner_id = $1 AND q.plan_id = $2 AND q.period_start = $3 AND q.revoked_at IS NULL`,
    [partnerId, planId, from],
  );
  return rows.map((row) => ({ ...row, strategyIndex }));
}
