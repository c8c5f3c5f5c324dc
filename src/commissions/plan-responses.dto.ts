import { ApiProperty } from '@nestjs/swagger';
import type { CommissionPlan } from './commission-plan.entity.js';
import type { PlanVersion, PlanWithTerms } from './commission-plans.service.js';
import { describeTerms } from './domain/describe.js';
import { showStrategies } from './plan-terms.js';
import type { StrategyDto } from './strategies.dto.js';
import { ApiStrategies } from './strategies-field.js';

/** The terms of a plan from one period on. */
export class PlanTermsResponse {
  /**
   * Their number.
   * @example 1
   */
  version: number;
  /**
   * Start of the first period that these terms pay; null when they are the first ones.
   * @example "2026-10-31T23:00:00.000Z"
   */
  effectiveFrom: string | null;
  @ApiStrategies({ required: true })
  strategies: StrategyDto[];
  /** @example 1000 */
  adminFeeBps: number;
  /** @example true */
  negativeCarryOver: boolean;
  /**
   * For so many days after the end of its period a bill is on hold.
   * @example 14
   */
  holdDays: number;
  /**
   * The terms in words.
   * @example ["100.00 EUR for every player who first deposits at least 20.00 EUR, once per player.", "Billed every calendar month (Europe/Berlin), in EUR."]
   */
  @ApiProperty({ type: [String] })
  terms: string[];
}

/** A commission plan as partners see it, with the terms that pay the current period. */
export class PartnerPlanResponse extends PlanTermsResponse {
  /** @example "01900000-0000-7000-8000-000000000601" */
  id: string;
  /** @example "01900000-0000-7000-8000-000000000101" */
  brandId: string;
  /** @example "Hybrid 100 + 25 %" */
  name: string;
  /** @example "EUR" */
  currency: string;
  /**
   * Coin that bills are paid out in; null for the plan's own currency.
   * @example null
   */
  @ApiProperty({ type: String, nullable: true })
  payoutCurrency: string | null;
  /** @example "monthly" */
  period: 'daily' | 'weekly' | 'monthly';
  /** @example "Europe/Berlin" */
  timeZone: string;
  /** @example "default" */
  availability: 'default' | 'individual';
  /** @example "active" */
  state: 'active' | 'archived';
  /** Changed terms that wait for the next period; null when none do. */
  @ApiProperty({ type: PlanTermsResponse, nullable: true })
  next: PlanTermsResponse | null;
  /** @example "2026-10-01T10:00:00.000Z" */
  createdAt: string;
}

/** A page of plans, for partners. */
export class PartnerPlanPage {
  items: PartnerPlanResponse[];
  /** Give it as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}

/** A commission plan as operators see it. */
export class PlanResponse extends PartnerPlanResponse {
  /**
   * The partners of an individual plan.
   * @example []
   */
  partnerIds: string[];
}

/** A page of plans. */
export class PlanPage {
  items: PlanResponse[];
  /** Give it as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}

/** The plan as partners get it. */
export function toPartnerPlanResponse({ plan, terms, next }: PlanWithTerms): PartnerPlanResponse {
  return {
    id: plan.id,
    brandId: plan.brandId,
    name: plan.name,
    currency: plan.currency,
    payoutCurrency: plan.payoutCurrency,
    period: plan.period,
    timeZone: plan.timeZone,
    availability: plan.availability,
    state: plan.state,
    ...toPlanTermsResponse(plan, terms),
    next: next && toPlanTermsResponse(plan, next),
    createdAt: plan.createdAt.toISOString(),
  };
}

function toPlanTermsResponse(plan: CommissionPlan, terms: PlanVersion): PlanTermsResponse {
  const { period, timeZone, payoutCurrency, currency } = plan;
  return {
    version: terms.version,
    effectiveFrom: terms.effectiveFrom?.toISOString() ?? null,
    strategies: showStrategies(terms.strategies, currency),
    adminFeeBps: terms.adminFeeBps,
    negativeCarryOver: terms.negativeCarryOver,
    holdDays: terms.holdDays,
    terms: describeTerms({ ...terms, period, timeZone, payoutCurrency }),
  };
}

/** The plan as operators get it. */
export function toPlanResponse(found: PlanWithTerms): PlanResponse {
  return { ...toPartnerPlanResponse(found), partnerIds: found.partnerIds };
}
