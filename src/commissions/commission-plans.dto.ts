import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateBy,
} from 'class-validator';
import { MayBeAbsent, PageQuery } from '../platform/index.js';
import { AVAILABILITIES, type Availability, PLAN_STATES, type PlanState } from './commission-plan.entity.js';
import type { PlanWithTerms } from './commission-plans.service.js';
import { describeTerms } from './domain/describe.js';
import { isTimeZone, PERIOD_KINDS, type PeriodKind } from './domain/periods.js';
import { showStrategies } from './plan-terms.js';
import { ApiStrategies, StrategiesField, type StrategyDto } from './strategies-field.js';

/** When changed terms begin to apply: with a whole period. */
export const EFFECTS = ['next_period', 'current_period'] as const;
export type Effect = (typeof EFFECTS)[number];

/** A new commission plan. */
export class CreateCommissionPlanDto {
  /** @example "01900000-0000-7000-8000-000000000101" */
  @IsUUID()
  brandId: string;

  /** @example "Hybrid 100 + 25 %" */
  @IsString()
  @Length(1, 200)
  name: string;

  /**
   * The brand's currency; that one when absent.
   * @example "EUR"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(10)
  currency?: string;

  /** @example "monthly" */
  @IsIn(PERIOD_KINDS)
  period: PeriodKind;

  /**
   * IANA time zone whose calendar the periods follow.
   * @example "Europe/Berlin"
   */
  @ValidateBy({
    name: 'isTimeZone',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && isTimeZone(value),
      defaultMessage: () => 'timeZone must be an IANA time zone such as Europe/Berlin',
    },
  })
  timeZone: string;

  /**
   * `default` for every partner (unless given otherwise), `individual` for the named ones.
   * @example "default"
   */
  @MayBeAbsent()
  @IsIn(AVAILABILITIES)
  availability?: Availability;

  /**
   * The partners of an individual plan.
   * @example []
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(1_000)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  partnerIds?: string[];

  @StrategiesField({ required: true })
  strategies: StrategyDto[];

  /**
   * Fee on gross revenue, in hundredths of a per cent, taken off net revenue; 0 when absent.
   * @example 1000
   */
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(10_000)
  adminFeeBps?: number;

  /**
   * Whether a negative period is carried into the next one; else it counts as zero, as it does when absent.
   * @example true
   */
  @MayBeAbsent()
  @IsBoolean()
  negativeCarryOver?: boolean;
}

/** What may be changed of a plan; absent fields stay. Brand, currency, period and time zone are for good. */
export class UpdateCommissionPlanDto {
  /** @example "Hybrid 120 + 25 %" */
  @MayBeAbsent()
  @IsString()
  @Length(1, 200)
  name?: string;

  /**
   * An archived plan takes no new campaigns; those that have it keep earning.
   * @example "active"
   */
  @MayBeAbsent()
  @IsIn(PLAN_STATES)
  state?: PlanState;

  /** @example "individual" */
  @MayBeAbsent()
  @IsIn(AVAILABILITIES)
  availability?: Availability;

  /**
   * The partners of an individual plan, all of them.
   * @example ["01900000-0000-7000-8000-000000000501"]
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(1_000)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  partnerIds?: string[];

  @MayBeAbsent()
  @StrategiesField({ required: false })
  strategies?: StrategyDto[];

  /** @example 1000 */
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(10_000)
  adminFeeBps?: number;

  /** @example true */
  @MayBeAbsent()
  @IsBoolean()
  negativeCarryOver?: boolean;

  /**
   * From which period on changed terms (strategies, admin fee, carry-over) apply; the next one when absent.
   * @example "next_period"
   */
  @MayBeAbsent()
  @IsIn(EFFECTS)
  effectiveFrom?: Effect;
}

/** Filters of the partner's plan list. */
export class PartnerPlansQuery extends PageQuery {
  /** @example "01900000-0000-7000-8000-000000000101" */
  @IsOptional()
  @IsUUID()
  brandId?: string;
}

/** Filters of the operator's plan list. */
export class PlansQuery extends PartnerPlansQuery {
  /** @example "active" */
  @IsOptional()
  @IsIn(PLAN_STATES)
  state?: PlanState;
}

/** A commission plan as partners see it, with its newest terms. */
export class PartnerPlanResponse {
  /** @example "01900000-0000-7000-8000-000000000601" */
  id: string;
  /** @example "01900000-0000-7000-8000-000000000101" */
  brandId: string;
  /** @example "Hybrid 100 + 25 %" */
  name: string;
  /** @example "EUR" */
  currency: string;
  /** @example "monthly" */
  period: 'daily' | 'weekly' | 'monthly';
  /** @example "Europe/Berlin" */
  timeZone: string;
  /** @example "default" */
  availability: 'default' | 'individual';
  /** @example "active" */
  state: 'active' | 'archived';
  /**
   * Number of the newest terms.
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
   * The terms in words.
   * @example ["100.00 EUR for every player who first deposits at least 20.00 EUR, once per player.", "Billed every calendar month (Europe/Berlin), in EUR."]
   */
  @ApiProperty({ type: [String] })
  terms: string[];
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
export function toPartnerPlanResponse({ plan, terms }: PlanWithTerms): PartnerPlanResponse {
  return {
    id: plan.id,
    brandId: plan.brandId,
    name: plan.name,
    currency: plan.currency,
    period: plan.period,
    timeZone: plan.timeZone,
    availability: plan.availability,
    state: plan.state,
    version: terms.version,
    effectiveFrom: terms.effectiveFrom?.toISOString() ?? null,
    strategies: showStrategies(terms.strategies, plan.currency),
    adminFeeBps: terms.adminFeeBps,
    negativeCarryOver: terms.negativeCarryOver,
    terms: describeTerms({ ...terms, period: plan.period, timeZone: plan.timeZone }),
    createdAt: plan.createdAt.toISOString(),
  };
}

/** The plan as operators get it. */
export function toPlanResponse(found: PlanWithTerms): PlanResponse {
  return { ...toPartnerPlanResponse(found), partnerIds: found.partnerIds };
}
