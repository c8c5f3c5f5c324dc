import { Injectable } from '@nestjs/common';
import { Brands } from '../brands/index.js';
import { type Tx } from '../platform/index.js';
import { CommissionPlans, type PlanVersion, type PlanWithVersions } from './commission-plans.service.js';
import type { NewPlan, PlanChange } from './plan-editor.service.js';
import { readStrategies } from './plan-terms.js';

/** Terms that are only tried: read and checked like those of a plan, and never stored. */
export interface DraftPlan extends Omit<PlanWithVersions, 'id' | 'versions'> {
  /** Oldest first. */
  readonly versions: readonly Omit<PlanVersion, 'planId'>[];
}

const TRIED = ['strategies', 'adminFeeBps', 'negativeCarryOver'] as const;
type TriedTerms = Pick<PlanChange, (typeof TRIED)[number]>;

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
      ...{ brandId, currency, period, timeZone },
      versions: [
        {
          ...{ version: 1, effectiveFrom: null, holdDays: 0 },
          ...{ currency, strategies, adminFeeBps, negativeCarryOver },
        },
      ],
    };
  }

  /**
   * The plan as it stands, with the terms of every period; or, for all periods alike, its newest terms with the given ones
   * in their place.
   * @throws DomainError NOT_FOUND, VALIDATION_FAILED (422)
   */
  async ofPlan(db: Tx, planId: string, change: TriedTerms): Promise<DraftPlan> {
    const plan = await this.plans.getWithVersions(db, planId);
    if (TRIED.every((term) => change[term] === undefined)) return plan;
    const newest = plan.versions.at(-1)!;
    const strategies = change.strategies && readStrategies(change.strategies, plan.currency);
    const tried = {
      ...newest,
      effectiveFrom: null,
      strategies: strategies ?? newest.strategies,
      adminFeeBps: change.adminFeeBps ?? newest.adminFeeBps,
      negativeCarryOver: change.negativeCarryOver ?? newest.negativeCarryOver,
    };
    return { ...plan, versions: [tried] };
  }
}
