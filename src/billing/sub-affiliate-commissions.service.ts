import { Injectable } from '@nestjs/common';
import { paysForOthersSql, type SubAffiliateBase } from '../commissions/index.js';
import { suspendedSql } from '../partner-management/index.js';
import type { Tx } from '../platform/index.js';
import { type Branch, Branches } from '../referrals/index.js';
import { FactsService } from '../tracking/index.js';
import type { PartnerToBill, PlanToBill } from './plan-to-bill.js';

/** What a partner earned by itself in a period, or no longer did. */
export interface EarnedChange {
  readonly partnerId: string;
  readonly periodStart: Date;
}

/** What partners below earned in one of the inviter's periods. */
export interface PeriodBase extends SubAffiliateBase {
  /** Place of the period in the plan's. */
  readonly period: number;
}

/** By inviter. */
export type SubAffiliateBases = ReadonlyMap<string, readonly PeriodBase[]>;

interface BaseRow {
  inviter_id: string;
  period: number;
  campaign_id: string;
  promo_id: string;
  level: number;
  base_minor: string;
  partners: number;
}

/** A line `l` of a bill `bill` that partners above get a share of; `earnsForThoseAbove` in SQL. */
export const EARNED_FOR_THOSE_ABOVE = `l.kind NOT IN ('carry_in', 'carry_out')
  AND l.strategy IS DISTINCT FROM 'sub_affiliate' AND bill.state <> 'cancelled'`;

/**
 * The link between what partners earn and what those above them are paid for it (rules §3.2): by the plan of the
 * campaign through which the branch came, from what bills of the same brand hold for the inviter's period. Commission
 * for sub-affiliates earns nobody above a share, neither do corrections by hand; cancelled bills count for nothing. What
 * other bills hold for the period of a cancelled one is only what goes beyond it (`reconcileLines`).
 * Lines are of whole periods: an inviter that is suspended when its period begins is paid nothing for that period, and
 * one that is suspended in its course is paid for all of it.
 */
@Injectable()
export class SubAffiliateCommissions {
  constructor(
    private readonly branches: Branches,
    private readonly facts: FactsService,
  ) {}

  /** What partners below each of the accounts earned in its periods, as far as it is billed by now. */
  async basesOf(
    tx: Tx,
    plan: Pick<PlanToBill, 'id' | 'brandId' | 'periods' | 'pays'>,
    accounts: readonly Pick<PartnerToBill, 'partnerId'>[],
  ): Promise<SubAffiliateBases> {
    if (!plan.pays('sub_affiliate') || accounts.length === 0) return new Map();
    const branches = await this.branches.below(
      tx,
      accounts.map(({ partnerId }) => partnerId),
    );
    if (branches.length === 0) return new Map();
    const rows = await tx.query<BaseRow[]>(
      `SELECT b.inviter_id, p.ord::int - 1 AS period, b.campaign_id, b.promo_id, b.level,
              sum(l.amount_minor)::text AS base_minor, count(DISTINCT l.partner_id)::int AS partners
         FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::uuid[], $5::uuid[])
                AS b (partner_id, inviter_id, level, campaign_id, promo_id)
         JOIN campaigns c ON c.id = b.campaign_id AND c.commission_plan_id = $6
         JOIN bill_lines l ON l.partner_id = b.partner_id
         JOIN bills bill ON bill.id = l.bill_id AND bill.brand_id = $7 AND ${EARNED_FOR_THOSE_ABOVE}
         JOIN unnest($8::timestamptz[], $9::timestamptz[]) WITH ORDINALITY AS p (start_at, end_at, ord)
           ON l.period_start >= p.start_at AND l.period_start < p.end_at
        WHERE NOT ${suspendedSql('b.inviter_id', 'p.start_at')}
        GROUP BY b.inviter_id, p.ord, b.campaign_id, b.promo_id, b.level`,
      [
        ...columnsOf(branches),
        plan.id,
        plan.brandId,
        plan.periods.map(({ start }) => start),
        plan.periods.map(({ end }) => end),
      ],
    );
    return Map.groupBy(rows.map(toBase), ({ inviterId }) => inviterId);
  }

  /**
   * Notes for those above that a partner's own earnings on the plan changed, in periods that may be older than what
   * they were to be billed for now. Those on the same plan wait for the run's next look at it, which sees it all.
   */
  async noteEarned(tx: Tx, plan: PlanToBill, changes: readonly EarnedChange[]): Promise<void> {
    for (const { partnerId, planId } of await this.markAbove(tx, plan.brandId, changes)) {
      if (planId === plan.id) plan.postponed.add(partnerId);
    }
  }

  /** Notes for those above the partner that a bill is cancelled: what it holds counts for nothing any more. */
  async noteCancelled(tx: Tx, bill: { id: string; partnerId: string; brandId: string }): Promise<void> {
    const starts = await tx.query<{ period_start: Date }[]>(
      `SELECT DISTINCT period_start FROM bill_lines
        WHERE bill_id = $1 AND kind NOT IN ('carry_in', 'carry_out') AND strategy IS DISTINCT FROM 'sub_affiliate'`,
      [bill.id],
    );
    const changes = starts.map((row) => ({ partnerId: bill.partnerId, periodStart: row.period_start }));
    await this.markAbove(tx, bill.brandId, changes);
  }

  /** Marks the periods of those above who are paid by what the partners earn with the brand; who, and by which plan. */
  private async markAbove(
    tx: Tx,
    brandId: string,
    changes: readonly EarnedChange[],
  ): Promise<{ partnerId: string; planId: string }[]> {
    if (changes.length === 0) return [];
    const partnerIds = [...new Set(changes.map(({ partnerId }) => partnerId))];
    const above = await this.branches.above(tx, partnerIds);
    if (above.length === 0) return [];
    const planOf = await plansThatPay(
      tx,
      brandId,
      above.map(({ campaignId }) => campaignId),
    );
    const byPartner = Map.groupBy(
      above.filter(({ campaignId }) => planOf.has(campaignId)),
      ({ partnerId }) => partnerId,
    );
    const marks = changes.flatMap(({ partnerId, periodStart }) =>
      (byPartner.get(partnerId) ?? []).map(({ inviterId, campaignId }) => ({
        partnerId: inviterId,
        campaignId,
        occurredAt: periodStart,
      })),
    );
    if (marks.length > 0) await this.facts.markChanged(tx, marks);
    return marks.map(({ partnerId, campaignId }) => ({ partnerId, planId: planOf.get(campaignId)! }));
  }

  /**
   * The batch cut so that nobody stands above anybody of the same part: a part is billed on what the parts before it
   * have earned. Partners come in falling order of their ids, so whoever stands above comes later.
   */
  async cut(tx: Tx, plan: PlanToBill, batch: readonly PartnerToBill[]): Promise<PartnerToBill[][]> {
    if (!plan.pays('sub_affiliate') || batch.length === 0) return batch.length > 0 ? [[...batch]] : [];
    const above = await this.branches.above(
      tx,
      batch.map(({ partnerId }) => partnerId),
    );
    const invitersOf = Map.groupBy(above, ({ partnerId }) => partnerId);
    const parts: PartnerToBill[][] = [[]];
    let awaited = new Set<string>();
    for (const partner of batch) {
      if (awaited.has(partner.partnerId)) {
        parts.push([]);
        awaited = new Set();
      }
      parts.at(-1)!.push(partner);
      for (const { inviterId } of invitersOf.get(partner.partnerId) ?? []) awaited.add(inviterId);
    }
    return parts;
  }
}

/** Plans by campaign: those of the brand that pay, or once paid, for sub-affiliates. */
async function plansThatPay(
  tx: Tx,
  brandId: string,
  campaignIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await tx.query<{ id: string; plan_id: string }[]>(
    `SELECT c.id, c.commission_plan_id AS plan_id FROM campaigns c
      WHERE c.id = ANY($1) AND c.brand_id = $2 AND ${paysForOthersSql('c.commission_plan_id')}`,
    [campaignIds, brandId],
  );
  return new Map(rows.map((row) => [row.id, row.plan_id]));
}

function columnsOf(branches: readonly Branch[]): [string[], string[], number[], string[], string[]] {
  return [
    branches.map(({ partnerId }) => partnerId),
    branches.map(({ inviterId }) => inviterId),
    branches.map(({ level }) => level),
    branches.map(({ campaignId }) => campaignId),
    branches.map(({ promoId }) => promoId),
  ];
}

function toBase(row: BaseRow): PeriodBase & { inviterId: string } {
  return {
    inviterId: row.inviter_id,
    period: row.period,
    campaignId: row.campaign_id,
    promoId: row.promo_id,
    level: row.level,
    baseMinor: BigInt(row.base_minor),
    partners: row.partners,
  };
}
