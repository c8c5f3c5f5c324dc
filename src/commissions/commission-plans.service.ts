import { Injectable } from '@nestjs/common';
import { type DataSource, type EntityManager, In, MoreThan, type SelectQueryBuilder } from 'typeorm';
import { Clock, idOfCursor, notFound, type Page, toPage } from '../platform/index.js';
import { CommissionPlan, type PlanState } from './commission-plan.entity.js';
import { CommissionPlanVersion } from './commission-plan-version.entity.js';
import { planNotAvailable } from './commissions.errors.js';
import { periodContaining, type PeriodKind } from './domain/periods.js';
import type { PlanTerms } from './domain/strategy.js';
import { restoreStrategy } from './domain/strategy-json.js';
import { versionAt } from './domain/version-at.js';
import { paysForOthersSql } from './pays-for-others-sql.js';

type Db = EntityManager | DataSource;

/** The terms of a plan at one version. */
export interface PlanVersion extends PlanTerms {
  readonly planId: string;
  readonly version: number;
  /** Start of the first period that this version pays; null for the first version. */
  readonly effectiveFrom: Date | null;
}

/** What billing needs of a plan. */
export interface PlanWithVersions {
  readonly id: string;
  readonly brandId: string;
  readonly currency: string;
  readonly period: PeriodKind;
  readonly timeZone: string;
  /** Oldest first. */
  readonly versions: readonly PlanVersion[];
}

/** A plan among those that are billed one after the other. */
export interface PlanInLine {
  readonly id: string;
  /** It pays, or once paid, for what other partners earn. */
  readonly paysForOthers: boolean;
}

/** A plan with its terms of today and the partners of an individual one. */
export interface PlanWithTerms {
  readonly plan: CommissionPlan;
  /** Those that pay the current period. */
  readonly terms: PlanVersion;
  /** Those that wait for the next period; null when none do. */
  readonly next: PlanVersion | null;
  readonly partnerIds: string[];
}

export interface PlanFilter {
  brandId?: string;
  state?: PlanState;
  /** Only plans that this partner may choose. */
  partnerId?: string;
  limit: number;
  cursor?: string;
}

/** Reads commission plans. */
@Injectable()
export class CommissionPlans {
  constructor(private readonly clock: Clock) {}

  /**
   * The plan without its terms.
   * @throws DomainError NOT_FOUND
   */
  async get(db: Db, planId: string): Promise<CommissionPlan> {
    const plan = await db.getRepository(CommissionPlan).findOneBy({ id: planId });
    if (!plan) throw notFound('commission plan');
    return plan;
  }

  /**
   * The terms that pay the period beginning at `periodStart`; without it the newest ones.
   * @throws DomainError NOT_FOUND
   */
  async getVersion(db: Db, planId: string, periodStart?: Date): Promise<PlanVersion> {
    const plan = await this.getWithVersions(db, planId);
    return periodStart === undefined ? plan.versions.at(-1)! : versionAt(plan, periodStart);
  }

  /**
   * The plan with all its versions, for billing.
   * @throws DomainError NOT_FOUND
   */
  async getWithVersions(db: Db, planId: string): Promise<PlanWithVersions> {
    const { id, brandId, currency, period, timeZone } = await this.get(db, planId);
    const rows = await db
      .getRepository(CommissionPlanVersion)
      .find({ where: { planId }, order: { version: 'ASC' } });
    return { id, brandId, currency, period, timeZone, versions: rows.map((row) => toVersion(row, currency)) };
  }

  /** Names by id, of those that exist. */
  async names(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
    const plans = await db
      .getRepository(CommissionPlan)
      .find({ select: { id: true, name: true }, where: { id: In(ids) } });
    return new Map(plans.map(({ id, name }) => [id, name]));
  }

  /** The coins that bills are paid out in, by plan; plans that pay in their own currency are not there. */
  async payoutCurrencies(db: Db): Promise<ReadonlyMap<string, string>> {
    const rows = await db.query<{ id: string; coin: string }[]>(
      'SELECT id, payout_currency AS coin FROM commission_plans WHERE payout_currency IS NOT NULL',
    );
    return new Map(rows.map(({ id, coin }) => [id, coin]));
  }

  /**
   * All plans in the order in which to bill them: those that pay for what other partners earned come last. Archived ones
   * are among them, for campaigns that have them keep earning.
   */
  listToBill(db: Db): Promise<PlanInLine[]> {
    return db.query<PlanInLine[]>(
      `SELECT id, ${paysForOthersSql('p.id')} AS "paysForOthers" FROM commission_plans p ORDER BY "paysForOthers", id`,
    );
  }

  /**
   * Refuses a plan that the partner cannot choose for a campaign of the brand.
   * @throws DomainError COMMISSION_PLAN_NOT_AVAILABLE (422)
   */
  async assertAvailable(db: Db, planId: string, brandId: string, partnerId: string): Promise<void> {
    const plan = await visibleTo(db, partnerId).andWhere({ id: planId }).getOne();
    if (!plan) throw planNotAvailable('there is no such commission plan for you');
    if (plan.brandId !== brandId) throw planNotAvailable('belongs to another brand');
    if (plan.state !== 'active') throw planNotAvailable('is archived');
  }

  /** Plans with their terms, in the order they were made. */
  async list(db: Db, { brandId, state, partnerId, limit, cursor }: PlanFilter): Promise<Page<PlanWithTerms>> {
    const query = partnerId === undefined ? allPlans(db) : visibleTo(db, partnerId);
    if (brandId !== undefined) query.andWhere({ brandId });
    if (state !== undefined) query.andWhere({ state });
    if (cursor !== undefined) query.andWhere({ id: MoreThan(idOfCursor(cursor)) });
    const plans = await query
      .orderBy('plan.id', 'ASC')
      .limit(limit + 1)
      .getMany();
    return toPage(await this.withTerms(db, plans), limit, ({ plan }) => [plan.id]);
  }

  /**
   * A plan with its terms.
   * @param partnerId when given, plans that the partner may not see do not exist; archived ones, and those of its own
   *   campaigns, can be read
   * @throws DomainError NOT_FOUND
   */
  async getWithTerms(db: Db, planId: string, partnerId?: string): Promise<PlanWithTerms> {
    const query = partnerId === undefined ? allPlans(db) : readableBy(db, partnerId);
    const [found] = await this.withTerms(db, await query.andWhere({ id: planId }).getMany());
    if (!found) throw notFound('commission plan');
    return found;
  }

  private async withTerms(db: Db, plans: readonly CommissionPlan[]): Promise<PlanWithTerms[]> {
    const ids = plans.map(({ id }) => id);
    const rows = await db
      .getRepository(CommissionPlanVersion)
      .find({ where: { planId: In(ids) }, order: { version: 'ASC' } });
    const partners = await db.query<{ plan_id: string; partner_ids: string[] }[]>(
      `SELECT plan_id, array_agg(partner_id ORDER BY partner_id)::text[] AS partner_ids
         FROM commission_plan_partners WHERE plan_id = ANY($1) GROUP BY plan_id`,
      [ids],
    );
    const versionsByPlan = Map.groupBy(rows, ({ planId }) => planId);
    const partnersByPlan = new Map(partners.map((row) => [row.plan_id, row.partner_ids]));
    return plans.map((plan) => {
      const versions = versionsByPlan.get(plan.id)!;
      const { start } = periodContaining(plan.period, plan.timeZone, this.clock.now());
      const inForce = versionAt({ versions }, start);
      const newest = versions.at(-1)!;
      return {
        plan,
        terms: toVersion(inForce, plan.currency),
        next: newest === inForce ? null : toVersion(newest, plan.currency),
        partnerIds: partnersByPlan.get(plan.id) ?? [],
      };
    });
  }
}

function allPlans(db: Db): SelectQueryBuilder<CommissionPlan> {
  return db.getRepository(CommissionPlan).createQueryBuilder('plan').where('true');
}

const VISIBLE = `plan.availability = 'default' OR EXISTS (
  SELECT FROM commission_plan_partners named WHERE named.plan_id = plan.id AND named.partner_id = :partnerId)`;

/** Default plans, and individual ones that name the partner (A20). */
function visibleTo(db: Db, partnerId: string): SelectQueryBuilder<CommissionPlan> {
  return allPlans(db).andWhere(`(${VISIBLE})`, { partnerId });
}

/** The same, and those that pay the partner already: it may be named no more. */
function readableBy(db: Db, partnerId: string): SelectQueryBuilder<CommissionPlan> {
  const isPaying = `EXISTS (
    SELECT FROM campaigns own WHERE own.commission_plan_id = plan.id AND own.partner_id = :partnerId)`;
  return allPlans(db).andWhere(`(${VISIBLE} OR ${isPaying})`, { partnerId });
}

function toVersion(row: CommissionPlanVersion, currency: string): PlanVersion {
  const { planId, version, adminFeeBps, negativeCarryOver, holdDays, effectiveFrom } = row;
  const strategies = row.strategies.map(restoreStrategy);
  return { planId, version, currency, strategies, adminFeeBps, negativeCarryOver, holdDays, effectiveFrom };
}
