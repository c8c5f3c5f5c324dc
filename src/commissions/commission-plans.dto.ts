import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { IsId, IsLabel, IsTimeZone, MayBeAbsent, PageQuery, PAYOUT_COINS } from '../platform/index.js';
import { AVAILABILITIES, type Availability, PLAN_STATES, type PlanState } from './commission-plan.entity.js';
import { PERIOD_KINDS, type PeriodKind } from './domain/periods.js';
import { LONGEST_HOLD_DAYS } from './domain/strategy.js';
import type { StrategyDto } from './strategies.dto.js';
import { StrategiesField } from './strategies-field.js';

/** When changed terms begin to apply: with a whole period. */
export const EFFECTS = ['next_period', 'current_period'] as const;
export type Effect = (typeof EFFECTS)[number];

/** A new commission plan. */
export class CreateCommissionPlanDto {
  /** @example "01900000-0000-7000-8000-000000000101" */
  @IsId()
  brandId: string;

  /** @example "Hybrid 100 + 25 %" */
  @IsLabel(200)
  name: string;

  /**
   * The brand's currency; that one when absent.
   * @example "EUR"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(10)
  currency?: string;

  /**
   * Coin that bills are paid out in, at the rate of the period's last day; the plan's currency when absent. For good.
   * @example "BTC"
   */
  @MayBeAbsent()
  @IsIn(PAYOUT_COINS, { message: `payoutCurrency must be one of ${PAYOUT_COINS.join(', ')}` })
  payoutCurrency?: string;

  /** @example "monthly" */
  @IsIn(PERIOD_KINDS)
  period: PeriodKind;

  /**
   * IANA time zone whose calendar the periods follow.
   * @example "Europe/Berlin"
   */
  @IsTimeZone()
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
  @IsId({ each: true })
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

  /**
   * For so many days after the end of its period (in the plan's zone) a bill is on hold; 0 when absent.
   * @example 14
   */
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(LONGEST_HOLD_DAYS)
  holdDays?: number;
}

/** What may be changed of a plan; absent fields stay. Brand, currencies, period and time zone are for good. */
export class UpdateCommissionPlanDto {
  /** @example "Hybrid 120 + 25 %" */
  @MayBeAbsent()
  @IsLabel(200)
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
  @IsId({ each: true })
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

  /** @example 14 */
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(LONGEST_HOLD_DAYS)
  holdDays?: number;

  /**
   * From which period on changed terms (strategies, admin fee, carry-over, hold) apply; the next one when absent. Terms
   * that already wait for the next period take a change of the current one, too, and keep what is not given.
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
  @IsId()
  brandId?: string;
}

/** Filters of the operator's plan list. */
export class PlansQuery extends PartnerPlansQuery {
  /** @example "active" */
  @IsOptional()
  @IsIn(PLAN_STATES)
  state?: PlanState;
}
