import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CommissionPlans, type PlanInLine } from '../commissions/index.js';
import { Clock } from '../platform/index.js';
import { CountedFacts, FactsService } from '../tracking/index.js';
import { BillBooks } from './bill-books.js';
import { lastDuePeriod } from './due-periods.js';
import { neededEvents, neededGroups } from './needed-facts.js';
import { type PartnerToBill, PlanToBill } from './plan-to-bill.js';

/** What a run bills. */
export interface RunScope {
  readonly runId: string;
  /** YYYY-MM-DD, inclusive, in each plan's zone. */
  readonly through: string;
}

/** Finds what is due: plans, how many partners they have to bill, and their facts. */
@Injectable()
export class DuePlans {
  constructor(
    private readonly plans: CommissionPlans,
    private readonly facts: FactsService,
    private readonly counted: CountedFacts,
    private readonly books: BillBooks,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** All plans, in the order in which they are billed; or the one with that id. */
  async list(planId: string | null = null): Promise<PlanInLine[]> {
    const plans = await this.plans.listToBill(this.dataSource.manager);
    return planId === null ? plans : plans.filter(({ id }) => id === planId);
  }

  /** How many partners of the plan have changes in periods that are over, through that day. */
  async countPartners(planId: string, through: string): Promise<number> {
    const plan = await this.plans.getWithVersions(this.dataSource.manager, planId);
    return this.facts.countPartnersWithChanges(planId, lastDuePeriod(plan, through, this.clock.now()).end);
  }

  /**
   * Opens the plan's facts as they stand now; whoever opens them closes them.
   * @param belowPartnerId partners from this id on are left out; null for none
   */
  async open(
    planId: string,
    { runId, through }: RunScope,
    belowPartnerId: string | null,
  ): Promise<PlanToBill> {
    const plan = await this.plans.getWithVersions(this.dataSource.manager, planId);
    const until = lastDuePeriod(plan, through, this.clock.now()).end;
    const laterFor = await this.books.billedBeyond(this.dataSource, planId, until);
    const facts = await this.facts.changes({ planId, before: until, laterFor, belowPartnerId });
    const opened = new PlanToBill(plan, { runId, until, laterFor }, facts);
    if (opened.periods.length > 0) {
      facts.sumActivity({ periods: opened.periods, groups: neededGroups(opened.strategies()) });
    }
    return opened;
  }

  /** The plan's next partners, in falling order of their ids; none after the last. */
  async take(plan: PlanToBill, limit: number): Promise<PartnerToBill[]> {
    const changed = await plan.facts.take(limit);
    const partners = changed.map((partner) => ({ ...partner, periods: plan.periodsOf(partner) }));
    const looksAt = neededEvents(plan.strategies());
    const spans = partners.flatMap(({ partnerId, periods }) =>
      periods.length > 0 ? [{ partnerId, from: periods[0]!.start, to: periods.at(-1)!.end }] : [],
    );
    const players = looksAt
      ? await this.facts.playersForQualification(plan.facts.manager, { planId: plan.id }, spans, looksAt)
      : [];
    const { manager } = plan.facts;
    const registrations = plan.pays('cpl')
      ? await this.counted.registrations(manager, { planId: plan.id }, spans)
      : null;
    const orders = plan.pays('sale')
      ? await this.counted.approvedOrders(manager, { planId: plan.id }, spans)
      : null;
    const byPartner = Map.groupBy(players, ({ partnerId }) => partnerId);
    return partners.map((partner) => ({
      ...partner,
      players: byPartner.get(partner.partnerId) ?? [],
      registrations: registrations?.get(partner.partnerId) ?? [],
      orders: orders?.get(partner.partnerId) ?? [],
    }));
  }
}
