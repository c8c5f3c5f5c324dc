import { Injectable } from '@nestjs/common';
import { Brands } from '../brands/index.js';
import { type Tx } from '../platform/index.js';
import { CommissionPlans } from './commission-plans.service.js';
import type { PeriodKind } from './domain/periods.js';
import type { PlanTerms } from './domain/strategy.js';
import type { NewPlan, PlanChange } from './plan-editor.service.js';
import { readStrategies } from './plan-terms.js';

/** Terms that are only tried: read and checked like those of a plan, and never stored. */
export interface DraftPlan {
  readonly brandId: string;
  readonly period: PeriodKind;
  readonly timeZone: string;
  readonly terms: PlanTerms;
}

type TriedTerms = Pick<PlanChange, 'strategies' | 'adminFeeBps' | 'negativeCarryOver'>;

/** Reads terms that are tried out. */
@Injectable()
export class PlanDrafts {
  constructor(
    private readonly brands: Brands,
    private readonly plans: CommissionPlans,
  ) {}

  /** @throws DomainError NOT_FOUND for the brand, VALIDATION_FAILED (422) */
  async ofNewPlan(
    db: Tx,
    input: Pick<NewPlan, 'brandId' | 'period' | 'timeZone' | 'strategies' | keyof TriedTerms>,
  ): Promise<DraftPlan> {
    const { id: brandId, currency } = await this.brands.get(db, input.brandId);
    const { period, timeZone, adminFeeBps = 0, negativeCarryOver = false } = input;
    const strategies = readStrategies(input.strategies, currency);
    return {
      brandId,
      period,
      timeZone,
      terms: { currency, strategies, adminFeeBps, negativeCarryOver, holdDays: 0 },
    };
  }

  /**
   * The plan with its newest terms, or the given ones in their place.
   * @throws DomainError NOT_FOUND, VALIDATION_FAILED (422)
   */
  async ofPlan(db: Tx, planId: string, change: TriedTerms): Promise<DraftPlan> {
    const { plan, terms } = await this.plans.getWithTerms(db, planId);
    const { brandId, period, timeZone, currency } = plan;
    return {
      ...{ brandId, period, timeZone },
      terms: {
        ...{ currency, holdDays: terms.holdDays },
        strategies: change.strategies ? readStrategies(change.strategies, currency) : terms.strategies,
        adminFeeBps: change.adminFeeBps ?? terms.adminFeeBps,
        negativeCarryOver: change.negativeCarryOver ?? terms.negativeCarryOver,
      },
    };
  }
}
