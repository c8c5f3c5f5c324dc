import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  calculatePeriod,
  type Line,
  type PeriodFacts,
  type PlanWithVersions,
  type Strategy,
} from '../../commissions/index.js';
import { CountedFacts, FactsService, LineFacts, type PartnerPeriod } from '../../tracking/index.js';
import { neededColumns, neededEvents } from '../needed-facts.js';
import { findPayingPeriod, periodAt, type PlanPeriod } from '../plan-periods.js';
import { SubAffiliateCommissions } from '../sub-affiliate-commissions.service.js';
import { findDecided } from './decided-players.js';

/** What a partner's period is worth by the facts of this moment. */
export interface PeriodNow {
  readonly period: PlanPeriod;
  readonly scope: PartnerPeriod;
  readonly facts: PeriodFacts;
  /** Only those of the strategy that was asked for stand for the period. */
  readonly lines: readonly Line[];
}

/** What of a partner to calculate. */
interface StrategyPeriod {
  readonly partnerId: string;
  readonly periodStart: Date;
  /** Lines of others are calculated without their facts, and say nothing. */
  readonly strategy: Strategy;
}

/** Calculates single periods anew, by the same rules as bill runs (B03). */
@Injectable()
export class PeriodsNow {
  constructor(
    private readonly lineFacts: LineFacts,
    private readonly facts: FactsService,
    private readonly counted: CountedFacts,
    private readonly subAffiliates: SubAffiliateCommissions,
  ) {}

  /** The partner's period that starts at that instant, as far as the strategy's lines depend on it. */
  async calculate(
    db: EntityManager,
    plan: PlanWithVersions,
    { partnerId, periodStart, strategy }: StrategyPeriod,
  ): Promise<PeriodNow> {
    const period = periodAt(plan, periodStart);
    const { start: from, end: to, terms } = period;
    const scope = { partnerId, planId: plan.id, from, to };
    const campaigns = { planId: plan.id };
    // Strategies do not look at each other, but for the one that asks whether the inviter earned by the others.
    const asksForAll = strategy.type === 'sub_affiliate' && strategy.onlyWhenInviterEarned === true;
    const needs = (type: Strategy['type']): boolean => asksForAll || strategy.type === type;
    const columns = needs('revshare') ? neededColumns(terms.strategies) : [];
    const qualified = needs('cpa') ? await this.qualified(db, plan, period, scope) : [];
    const registered = needs('cpl') ? await this.counted.registrations(db, campaigns, [scope]) : null;
    const ordered = needs('sale') ? await this.counted.approvedOrders(db, campaigns, [scope]) : null;
    const facts: PeriodFacts = {
      version: terms,
      promoActivity: await this.lineFacts.promoSums(db, scope, columns),
      qualified,
      registrations: registered?.get(partnerId) ?? [],
      orders: ordered?.get(partnerId) ?? [],
      subAffiliates: needs('sub_affiliate') ? await this.earnedBelow(db, plan, partnerId, period) : [],
    };
    return { period, scope, facts, lines: calculatePeriod(facts) };
  }

  /**
   * The players whom this period of the plan pays for, and no other one. Where nothing has changed since bill runs
   * decided on them, they need not be decided on again, one by one with all that they ever did.
   */
  private async qualified(
    db: EntityManager,
    plan: PlanWithVersions,
    { terms }: PlanPeriod,
    scope: PartnerPeriod,
  ): Promise<PeriodFacts['qualified']> {
    const [only, another] = terms.strategies.flatMap(({ type }, index) => (type === 'cpa' ? [index] : []));
    const isOnly = only !== undefined && another === undefined;
    if (isOnly && !(await this.facts.hasChanges(db, { ...scope, before: scope.to })))
      return findDecided(db, scope, only);
    const looksAt = neededEvents(plan.versions.flatMap(({ strategies }) => strategies));
    if (!looksAt) return [];
    const players = await this.facts.playersForQualification(db, { planId: plan.id }, [scope], looksAt);
    return players.flatMap((player) => {
      const paying = findPayingPeriod(plan, player);
      return paying?.periodStart.getTime() === scope.from.getTime() ? [{ ...player, ...paying }] : [];
    });
  }

  private async earnedBelow(
    db: EntityManager,
    { id, brandId }: PlanWithVersions,
    partnerId: string,
    period: PlanPeriod,
  ): Promise<PeriodFacts['subAffiliates']> {
    const pays = (type: string): boolean =>
      period.terms.strategies.some((strategy) => strategy.type === type);
    const plan = { id, brandId, pays, periods: [{ ...period, index: 0 }] };
    return (await this.subAffiliates.basesOf(db, plan, [{ partnerId }])).get(partnerId) ?? [];
  }
}
