import {
  type ApprovedOrder,
  closedPeriods,
  type PlanVersion,
  type PlanWithVersions,
  type Registration,
  type Strategy,
  versionAt,
} from '../commissions/index.js';
import type { ChangedFactsView, ChangedPartner, PlayerToQualify } from '../tracking/index.js';
import { pays, strategiesOf } from './needed-facts.js';
import type { PlanPeriod } from './plan-periods.js';

/** A closed period with the version of the plan that pays it. */
export interface DuePeriod extends PlanPeriod {
  /** Place among the periods of its plan that a run looks at. */
  readonly index: number;
}

/** A partner with the facts of its periods that may differ from what was billed. */
export interface PartnerToBill extends ChangedPartner {
  /** Oldest first, without gaps. */
  readonly periods: readonly DuePeriod[];
  /** Players who may have reached a qualification in these periods. */
  readonly players: readonly PlayerToQualify[];
  /** Where the plan pays for them one by one: who registered, and what was ordered and approved, in these periods. */
  readonly registrations: readonly Registration[];
  readonly orders: readonly ApprovedOrder[];
}

/** Up to when a plan is billed. */
export interface Due {
  readonly runId: string;
  /** End of the last period that is due. */
  readonly until: Date;
  /** Partners billed beyond that before: a run through an earlier date must see all that later bills have settled. */
  readonly laterFor: ReadonlyMap<string, Date>;
}

/** A plan in a run: its facts as they stand at one moment, and the periods they fall into. */
export class PlanToBill {
  readonly id: string;
  readonly brandId: string;
  readonly currency: string;
  readonly timeZone: string;
  readonly runId: string;
  /** Of all partners: from the one that holds the earliest change on, without gaps. */
  readonly periods: readonly DuePeriod[];
  /** Partners who wait for the next look at the plan: somebody below them earned something meanwhile. */
  readonly postponed = new Set<string>();
  private readonly due: Due;

  constructor(
    plan: PlanWithVersions,
    due: Due,
    /** The facts that it is billed by. */
    readonly facts: ChangedFactsView,
  ) {
    this.id = plan.id;
    this.brandId = plan.brandId;
    this.currency = plan.currency;
    this.timeZone = plan.timeZone;
    this.runId = due.runId;
    this.due = due;
    const horizon = new Date(Math.max(...[due.until, ...due.laterFor.values()].map(Number)));
    this.periods = facts.earliest
      ? closedPeriods(plan.period, plan.timeZone, facts.earliest, horizon).map((period, index) => {
          const terms = versionAt(plan, period.start);
          return { ...period, index, version: terms.version, terms };
        })
      : [];
  }

  /** The partner's periods that may differ from what was billed: from its earliest change on. */
  periodsOf({ partnerId, earliest }: ChangedPartner): DuePeriod[] {
    const until = this.due.laterFor.get(partnerId) ?? this.due.until;
    return this.periods.filter(({ end }) => end > earliest && end <= until);
  }

  /** Whether a period's terms have a strategy of that type. */
  pays(type: Strategy['type']): boolean {
    return pays(this.strategies(), type);
  }

  /** Of all versions that pay these periods. */
  strategies(): PlanVersion['strategies'] {
    return strategiesOf(this.periods);
  }
}
