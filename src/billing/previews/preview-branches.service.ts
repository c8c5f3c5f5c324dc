import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { DraftPlan } from '../../commissions/index.js';
import { suspendedSql } from '../../partner-management/index.js';
import { type Branch, Branches } from '../../referrals/index.js';
import type { CampaignScope } from '../../tracking/index.js';
import { pays, strategiesOf } from '../needed-facts.js';
import type { TermedPeriod } from '../period-calculation.js';
import { EARNED_FOR_THOSE_ABOVE } from '../sub-affiliate-commissions.service.js';
import type { KnownBelow } from './earned-below.js';

const NOBODY: KnownBelow = { branches: [], elsewhere: new Map(), suspended: new Map() };

const PERIODS = 'unnest($2::timestamptz[], $3::timestamptz[]) WITH ORDINALITY AS p (start_at, end_at, ord)';

/** Reads who stands below partners, for terms that are tried on the campaigns of the scope. */
@Injectable()
export class PreviewBranches {
  constructor(private readonly branches: Branches) {}

  /** The partner and everybody whose earnings its own may depend on. */
  async withAllBelow(
    db: EntityManager,
    periods: readonly TermedPeriod[],
    partnerId: string,
  ): Promise<string[]> {
    if (!pays(strategiesOf(periods), 'sub_affiliate')) return [partnerId];
    const below = await this.branches.below(db, [partnerId]);
    return [partnerId, ...below.map((branch) => branch.partnerId)];
  }

  /** What is known of those below the inviters, apart from what the tried terms would pay them. */
  async below(
    db: EntityManager,
    { brandId }: DraftPlan,
    campaigns: CampaignScope,
    { periods, inviterIds }: { periods: readonly TermedPeriod[]; inviterIds: readonly string[] },
  ): Promise<KnownBelow> {
    if (!pays(strategiesOf(periods), 'sub_affiliate')) return NOBODY;
    const all = await this.branches.below(db, inviterIds);
    const branches = await triedOn(db, campaigns, all);
    if (branches.length === 0) return NOBODY;
    const partnerIds = [...new Set(branches.map(({ partnerId }) => partnerId))];
    // Terms that are tried on the whole brand stand in for all of its plans: nothing is earned elsewhere.
    const elsewhere =
      'planId' in campaigns
        ? await earnedElsewhere(db, { brandId, planId: campaigns.planId, partnerIds }, periods)
        : NOBODY.elsewhere;
    return { branches, elsewhere, suspended: await suspendedAtStart(db, inviterIds, periods) };
  }
}

/** The branches that came through campaigns of the scope. */
async function triedOn(
  db: EntityManager,
  scope: CampaignScope,
  branches: readonly Branch[],
): Promise<Branch[]> {
  const ids = [...new Set(branches.map(({ campaignId }) => campaignId))];
  const [column, id] = 'planId' in scope ? ['commission_plan_id', scope.planId] : ['brand_id', scope.brandId];
  const rows = await db.query<{ id: string }[]>(
    `SELECT id FROM campaigns WHERE id = ANY($1) AND ${column} = $2`,
    [ids, id],
  );
  const tried = new Set(rows.map((row) => row.id));
  return branches.filter(({ campaignId }) => tried.has(campaignId));
}

/** What bills on other plans of the brand hold for the partners, as bill runs count it. */
async function earnedElsewhere(
  db: EntityManager,
  { brandId, planId, partnerIds }: { brandId: string; planId: string; partnerIds: readonly string[] },
  periods: readonly TermedPeriod[],
): Promise<Map<string, Map<number, bigint>>> {
  const rows = await db.query<{ partner_id: string; period: number; earned: string }[]>(
    `SELECT l.partner_id, p.ord::int - 1 AS period, sum(l.amount_minor)::text AS earned
       FROM bill_lines l JOIN bills bill ON bill.id = l.bill_id AND ${EARNED_FOR_THOSE_ABOVE}
       JOIN ${PERIODS} ON l.period_start >= p.start_at AND l.period_start < p.end_at
      WHERE l.partner_id = ANY($1) AND bill.brand_id = $4 AND bill.plan_id <> $5 GROUP BY l.partner_id, p.ord`,
    [partnerIds, ...boundsOf(periods), brandId, planId],
  );
  return byPartner(rows, ({ period, earned }) => [period, BigInt(earned)] as const, (pairs) => new Map(pairs)); // prettier-ignore
}

async function suspendedAtStart(
  db: EntityManager,
  partnerIds: readonly string[],
  periods: readonly TermedPeriod[],
): Promise<Map<string, Set<number>>> {
  const rows = await db.query<{ partner_id: string; period: number }[]>(
    `SELECT i.partner_id, p.ord::int - 1 AS period FROM unnest($1::uuid[]) AS i (partner_id), ${PERIODS}
      WHERE ${suspendedSql('i.partner_id', 'p.start_at')}`,
    [partnerIds, ...boundsOf(periods)],
  );
  return byPartner(rows, ({ period }) => period, (places) => new Set(places)); // prettier-ignore
}

function boundsOf(periods: readonly TermedPeriod[]): [Date[], Date[]] {
  return [periods.map(({ start }) => start), periods.map(({ end }) => end)];
}

function byPartner<Row extends { partner_id: string }, Item, Known>(
  rows: readonly Row[],
  itemOf: (row: Row) => Item,
  collect: (items: Item[]) => Known,
): Map<string, Known> {
  const grouped = Map.groupBy(rows, (row) => row.partner_id);
  return new Map([...grouped].map(([id, all]) => [id, collect(all.map(itemOf))]));
}
