import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { Brands } from '../brands/index.js';
import { type Actor, AuditLog } from '../identity/index.js';
import { Clock, Ids, invalidField, notFound, sqlState, type Tx } from '../platform/index.js';
import { type Availability, CommissionPlan, type PlanState } from './commission-plan.entity.js';
import { CommissionPlanVersion } from './commission-plan-version.entity.js';
import { CommissionPlans, type PlanVersion, type PlanWithTerms } from './commission-plans.service.js';
import { termsInvalid } from './commissions.errors.js';
import { nextPeriod, periodContaining, type PeriodKind } from './domain/periods.js';
import type { PlanTerms } from './domain/strategy.js';
import { storeStrategy } from './domain/strategy-json.js';
import { readStrategies } from './plan-terms.js';
import type { StrategyDto } from './strategies.dto.js';

export interface NewPlan {
  brandId: string;
  name: string;
  currency?: string;
  payoutCurrency?: string;
  period: PeriodKind;
  timeZone: string;
  availability?: Availability;
  partnerIds?: string[];
  /** As in the API: amounts as decimal strings in the plan's currency. */
  strategies: StrategyDto[];
  adminFeeBps?: number;
  negativeCarryOver?: boolean;
  holdDays?: number;
}

export interface PlanChange {
  name?: string;
  state?: PlanState;
  availability?: Availability;
  partnerIds?: string[];
  strategies?: StrategyDto[];
  adminFeeBps?: number;
  negativeCarryOver?: boolean;
  holdDays?: number;
  effectiveFrom?: 'next_period' | 'current_period';
}

const TERMS = ['strategies', 'adminFeeBps', 'negativeCarryOver', 'holdDays'] as const;
const FOREIGN_KEY_VIOLATION = '23503';

/** Makes and changes commission plans. */
@Injectable()
export class PlanEditor {
  constructor(
    private readonly plans: CommissionPlans,
    private readonly brands: Brands,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Makes a plan with its first version.
   * @throws DomainError NOT_FOUND for the brand, VALIDATION_FAILED (422)
   */
  async create(tx: Tx, actor: Actor, input: NewPlan): Promise<PlanWithTerms> {
    assertNaming(input.availability ?? 'default', input.partnerIds ?? []);
    return this.make(tx, actor, input);
  }

  /**
   * Makes a plan that is open to those only who are named later, by {@link nameAlso}.
   * @throws DomainError NOT_FOUND for the brand, VALIDATION_FAILED (422)
   */
  createUnnamed(
    tx: Tx,
    actor: Actor,
    input: Omit<NewPlan, 'availability' | 'partnerIds'>,
  ): Promise<PlanWithTerms> {
    return this.make(tx, actor, { ...input, availability: 'individual' });
  }

  /** Opens an individual plan to another partner; to be named twice changes nothing. */
  async nameAlso(tx: Tx, planId: string, partnerId: string): Promise<void> {
    await tx.query(
      'INSERT INTO commission_plan_partners (plan_id, partner_id) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [planId, partnerId],
    );
  }

  private async make(tx: Tx, actor: Actor, input: NewPlan): Promise<PlanWithTerms> {
    const brand = await this.brands.get(tx, input.brandId);
    if (input.currency !== undefined && input.currency !== brand.currency) {
      throw invalidField('currency', `must be the brand's currency, ${brand.currency}`);
    }
    const { availability = 'default', partnerIds = [] } = input;
    const { adminFeeBps = 0, negativeCarryOver = false, holdDays = 0 } = input;
    const strategies = readStrategies(input.strategies, brand.currency);
    const plan: CommissionPlan = {
      id: this.ids.next(),
      brandId: brand.id,
      name: input.name,
      currency: brand.currency,
      payoutCurrency: input.payoutCurrency ?? null,
      period: input.period,
      timeZone: input.timeZone,
      availability,
      negativeCarryOver,
      state: 'active',
      currentVersion: 1,
      createdAt: this.clock.now(),
    };
    await tx.getRepository(CommissionPlan).insert(plan);
    await this.addVersion(tx, actor, plan, { strategies, adminFeeBps, negativeCarryOver, holdDays }, null);
    await namePartners(tx, plan.id, partnerIds);
    const made = await this.plans.getWithTerms(tx, plan.id);
    await this.record(tx, actor, 'commission_plan.create', null, made);
    return made;
  }

  /**
   * Changes a plan; only the given fields. Terms that differ make a new version that pays from the next period on, or
   * already the current one; periods before it keep theirs (rules §3.1). What is not given stays as it is in the period
   * with which the version begins. Terms that wait for a later period take the change, too, as a version after it.
   * @throws DomainError NOT_FOUND, VALIDATION_FAILED (422)
   */
  async change(tx: Tx, actor: Actor, planId: string, change: PlanChange): Promise<PlanWithTerms> {
    const repository = tx.getRepository(CommissionPlan);
    const locked = await repository.findOne({ where: { id: planId }, lock: { mode: 'pessimistic_write' } });
    if (!locked) throw notFound('commission plan');
    const before = await this.plans.getWithTerms(tx, planId);
    const plan: CommissionPlan = {
      ...locked,
      name: change.name ?? locked.name,
      state: change.state ?? locked.state,
      availability: change.availability ?? locked.availability,
    };
    const partnerIds = change.partnerIds ?? (plan.availability === 'individual' ? before.partnerIds : []);
    if (change.partnerIds ?? change.availability) assertNaming(plan.availability, partnerIds);
    if (changesTerms(change)) await this.changeTerms(tx, actor, plan, change);
    else if (change.effectiveFrom)
      throw invalidField('effectiveFrom', `goes with changed terms: any of ${TERMS.join(', ')}`);
    await repository.save(plan);
    await tx.query('DELETE FROM commission_plan_partners WHERE plan_id = $1', [planId]);
    await namePartners(tx, planId, partnerIds);
    const after = await this.plans.getWithTerms(tx, planId);
    await this.record(tx, actor, 'commission_plan.change', before, after);
    return after;
  }

  private async changeTerms(
    tx: Tx,
    actor: Actor,
    plan: CommissionPlan,
    { effectiveFrom = 'next_period', ...change }: PlanChange,
  ): Promise<void> {
    const strategies = change.strategies && readStrategies(change.strategies, plan.currency);
    const current = periodContaining(plan.period, plan.timeZone, this.clock.now());
    const next = nextPeriod(plan.period, plan.timeZone, current);
    const starts = effectiveFrom === 'next_period' ? [next.start] : [current.start];
    const newest = await this.plans.getVersion(tx, plan.id);
    // Terms begin with the next period at the latest, so there is but one later start.
    if (newest.effectiveFrom && newest.effectiveFrom > starts[0]!) starts.push(newest.effectiveFrom);
    const before = await Promise.all(starts.map((start) => this.plans.getVersion(tx, plan.id, start)));
    let differs = false;
    for (const [index, start] of starts.entries()) {
      const kept = before[index]!;
      const terms = {
        strategies: strategies ?? kept.strategies,
        adminFeeBps: change.adminFeeBps ?? kept.adminFeeBps,
        negativeCarryOver: change.negativeCarryOver ?? kept.negativeCarryOver,
        holdDays: change.holdDays ?? kept.holdDays,
      };
      // A version after a new one is made anew, too: of two that pay a period, the higher number does.
      differs ||= !areSame(kept, terms);
      if (!differs) continue;
      plan.currentVersion += 1;
      plan.negativeCarryOver = terms.negativeCarryOver;
      await this.addVersion(tx, actor, plan, terms, start);
    }
  }

  private async addVersion(
    tx: Tx,
    actor: Actor,
    plan: CommissionPlan,
    terms: Omit<PlanTerms, 'currency'>,
    effectiveFrom: Date | null,
  ): Promise<void> {
    await tx.getRepository(CommissionPlanVersion).insert({
      id: this.ids.next(),
      planId: plan.id,
      version: plan.currentVersion,
      strategies: terms.strategies.map(storeStrategy),
      adminFeeBps: terms.adminFeeBps,
      negativeCarryOver: terms.negativeCarryOver,
      holdDays: terms.holdDays,
      effectiveFrom,
      createdAt: this.clock.now(),
      createdBy: actor.userId,
    });
  }

  private async record(
    tx: Tx,
    actor: Actor,
    action: string,
    before: PlanWithTerms | null,
    after: PlanWithTerms,
  ): Promise<void> {
    await this.audit.recordNamed(
      tx,
      actor,
      {
        action,
        subject: { type: 'commission_plan', id: after.plan.id },
        before: before && auditView(before),
        after: auditView(after),
      },
      { before: before ? openTo(before) : [], after: openTo(after) },
    );
  }
}

/** Whom the plan is open to; null when to everybody. */
function openTo({ plan, partnerIds }: PlanWithTerms): readonly string[] | null {
  return plan.availability === 'default' ? null : partnerIds;
}

/** Bigints have no place in JSON: the terms as they are stored. */
function auditView({ plan, terms, next }: PlanWithTerms): Record<string, unknown> {
  return { ...plan, ...storedTerms(terms), next: next && storedTerms(next) };
}

function storedTerms(terms: PlanVersion): Record<string, unknown> {
  return { ...terms, strategies: terms.strategies.map(storeStrategy) };
}

function areSame(kept: PlanVersion, { strategies, ...rest }: Omit<PlanTerms, 'currency'>): boolean {
  const { adminFeeBps, negativeCarryOver, holdDays } = kept;
  return isDeepStrictEqual(
    [kept.strategies.map(storeStrategy), { adminFeeBps, negativeCarryOver, holdDays }],
    [strategies.map(storeStrategy), rest],
  );
}

function changesTerms(change: PlanChange): boolean {
  return TERMS.some((term) => change[term] !== undefined);
}

function assertNaming(availability: Availability, partnerIds: readonly string[]): void {
  if (availability === 'individual' && partnerIds.length === 0) {
    throw invalidField('partnerIds', 'an individual plan names at least one partner');
  }
  if (availability === 'default' && partnerIds.length > 0) {
    throw invalidField('partnerIds', 'only an individual plan names partners');
  }
}

async function namePartners(tx: Tx, planId: string, partnerIds: readonly string[]): Promise<void> {
  try {
    await tx.query(
      `INSERT INTO commission_plan_partners (plan_id, partner_id)
       SELECT $1, partner_id FROM unnest($2::uuid[]) AS named (partner_id)`,
      [planId, partnerIds],
    );
  } catch (error) {
    if (sqlState(error) !== FOREIGN_KEY_VIOLATION) throw error;
    throw termsInvalid([{ path: 'partnerIds', message: 'names a partner that does not exist' }]);
  }
}
