import { ApiProperty, IntersectionType, PickType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { CreateCommissionPlanDto, UpdateCommissionPlanDto } from '../../commissions/index.js';
import { IsDay, IsId, MayBeAbsent, MoneyDto } from '../../platform/index.js';

/** Of which time and whose activity. */
class PreviewScopeDto {
  /**
   * First day, in the plan's zone; without days it is the last calendar month that is over.
   * @example "2026-10-01"
   */
  @MayBeAbsent()
  @IsDay()
  from?: string;

  /**
   * Last day, inclusive; at most 366 days. Only periods of the plan that are over and lie within are calculated.
   * @example "2026-10-31"
   */
  @MayBeAbsent()
  @IsDay()
  to?: string;

  /**
   * Only this partner.
   * @example "01900000-0000-7000-8000-000000000501"
   */
  @MayBeAbsent()
  @IsId()
  partnerId?: string;

  /** How many partners are shown: those who would be paid most. */
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 20;

  /** How many of them to leave out, for the next ones. */
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  offset: number = 0;
}

/** Terms of a plan that is not made yet, tried on all campaigns of its brand. */
export class PreviewNewPlanDto extends IntersectionType(
  PickType(CreateCommissionPlanDto, [
    'brandId',
    'period',
    'timeZone',
    'strategies',
    'adminFeeBps',
    'negativeCarryOver',
  ] as const),
  PreviewScopeDto,
) {}

/**
 * A plan, tried on the campaigns that have it: in each period by its terms of that time. Terms that are given stand in for
 * its own in all periods; what is not given is as in its newest terms.
 */
export class PreviewPlanDto extends IntersectionType(
  PickType(UpdateCommissionPlanDto, ['strategies', 'adminFeeBps', 'negativeCarryOver'] as const),
  PreviewScopeDto,
) {}

/** What one strategy would have paid. */
export class PreviewStrategyDto {
  /**
   * Its place among the strategies, from 0; where the terms changed within the time, the later ones' come after.
   * @example 0
   */
  index: number;
  /** @example "cpa" */
  type: string;
  /**
   * Players or orders that would have been paid for; of commission for sub-affiliates the partners, in each period.
   * @example 12
   */
  quantity: number;
  amount: MoneyDto;
}

/** What one partner would have been paid. */
export class PreviewPartnerDto {
  /** @example "01900000-0000-7000-8000-000000000501" */
  partnerId: string;
  /** @example "Ann" */
  name: string;
  /** Sum of the bills. */
  paid: MoneyDto;
  @Type(() => PreviewStrategyDto)
  strategies: PreviewStrategyDto[];
}

/** What terms would have paid for the activity of a time. Nothing of it is kept. */
export class PreviewDto {
  /**
   * First day that was calculated.
   * @example "2026-10-01"
   */
  firstDay: string;
  /**
   * Last day, inclusive.
   * @example "2026-10-31"
   */
  lastDay: string;
  /**
   * How many periods of the plan that is.
   * @example 1
   */
  periods: number;
  /** @example "EUR" */
  currency: string;
  /**
   * The terms in words; where they changed within the time, those of its last period.
   * @example ["25% of GGR (Gross gaming revenue: bets − wins)."]
   */
  @ApiProperty({ type: [String] })
  terms: string[];
  /** Sum of all bills. */
  paid: MoneyDto;
  /** What losses would have been left to later bills, zero or below: `paid` has no part of it. */
  carriedOver: MoneyDto;
  /**
   * All partners together. Commission for sub-affiliates counts what these would have earned by the tried terms, and what
   * bills on the brand's other plans hold for them; terms that are tried on a whole brand stand in for all its plans.
   */
  strategies: PreviewStrategyDto[];
  /**
   * Partners who would have had a bill.
   * @example 2
   */
  partnersPaid: number;
  /** Those who would have been paid most. */
  partners: PreviewPartnerDto[];
}
