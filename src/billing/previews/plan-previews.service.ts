import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  closedPeriods,
  describeTerms,
  type DraftPlan,
  periodContaining,
  versionAt,
} from '../../commissions/index.js';
import { Partners } from '../../partner-management/index.js';
import {
  Clock,
  DomainError,
  invalidField,
  Money,
  Snapshots,
  sqlState,
  startOfDay,
} from '../../platform/index.js';
import { type CampaignScope } from '../../tracking/index.js';
import { reconcileLines } from '../domain/reconcile-lines.js';
import { daysOf } from '../due-periods.js';
import {
  linesOfPeriod,
  type PartnerFacts,
  qualify,
  type TermedPeriod,
  toCalculatedLine,
} from '../period-calculation.js';
import { EarnedBelow } from './earned-below.js';
import { PreviewBranches } from './preview-branches.service.js';
import type { PreviewDto } from './preview.dto.js';
import { type FactsOfPartner, PreviewFacts } from './preview-facts.service.js';
import { PreviewSums, type TriedBills } from './preview-sums.js';

/** Of which time and whose activity; days are YYYY-MM-DD in the plan's zone, inclusive. */
interface PreviewScope {
  readonly from?: string;
  readonly to?: string;
  readonly partnerId?: string;
  readonly limit: number;
  readonly offset: number;
}

/** What is tried on which campaigns, and the periods that are calculated. */
interface Tried {
  readonly draft: DraftPlan;
  readonly campaigns: CampaignScope;
  readonly periods: readonly TermedPeriod[];
}

/** An answer is worth waiting for so long. */
const SETTINGS = { statement_timeout: '10s' };
const TOTAL_MS = 20_000;
const LONGEST_DAYS = 366;
const PARTNERS_PER_BATCH = 200;
const QUERY_CANCELLED = '57014';

/**
 * What terms would have paid for the activity of a time (A03), those of a plan in the periods that they were in force,
 * others as if they always had been: by the same facts and the same calculation as bills, and nothing is kept.
 */
@Injectable()
export class PlanPreviews {
  constructor(
    private readonly facts: PreviewFacts,
    private readonly branches: PreviewBranches,
    private readonly partners: Partners,
    private readonly snapshots: Snapshots,
    private readonly clock: Clock,
  ) {}

  /**
   * Tries the draft on the campaigns of the scope.
   * @throws DomainError VALIDATION_FAILED (422) for a time without a whole period; PREVIEW_TOO_LARGE (422)
   */
  async preview(draft: DraftPlan, campaigns: CampaignScope, scope: PreviewScope): Promise<PreviewDto> {
    const periods = this.periodsOf(draft, scope);
    try {
      return await this.snapshots.read(async (db) => {
        const sums = await this.sumUp(db, { draft, campaigns, periods }, scope.partnerId);
        return this.answer(db, { draft, campaigns, periods }, { sums, scope });
      }, SETTINGS);
    } catch (error) {
      throw sqlState(error) === QUERY_CANCELLED ? tooLarge() : error;
    }
  }

  private periodsOf(draft: DraftPlan, { from, to }: PreviewScope): TermedPeriod[] {
    const { period, timeZone } = draft;
    if ((from === undefined) !== (to === undefined))
      throw invalidField(from ? 'to' : 'from', 'give both days or none');
    const now = this.clock.now();
    const thisMonth = periodContaining('monthly', timeZone, now);
    const start = from ? startOfDay(timeZone, from) : periodContaining('monthly', timeZone, new Date(thisMonth.start.getTime() - 1)).start; // prettier-ignore
    const end = to ? startOfDay(timeZone, to, 1) : thisMonth.start;
    if (end.getTime() - start.getTime() > (LONGEST_DAYS + 1) * 86_400_000) {
      throw invalidField('to', `at most ${LONGEST_DAYS} days after from`);
    }
    const closed = closedPeriods(period, timeZone, start, end < now ? end : now);
    const whole = closed.filter((each) => each.start >= start);
    if (whole.length === 0)
      throw invalidField('to', 'no period of the plan lies within these days and is over');
    return whole.map((each, index) => {
      const terms = versionAt(draft, each.start);
      return { ...each, index, version: terms.version, terms };
    });
  }

  /** Partners come in falling order of their ids, as bill runs bill them: an inviter after everybody below it. */
  private async sumUp(db: EntityManager, tried: Tried, only: string | undefined): Promise<PreviewSums> {
    const { draft, campaigns, periods } = tried;
    const sums = new PreviewSums(periods);
    const earned = new EarnedBelow(periods);
    const among = only === undefined ? null : await this.branches.withAllBelow(db, periods, only);
    const until = performance.now() + TOTAL_MS;
    for (let below: string | null = null; ;) {
      const batch = await this.facts.next(db, campaigns, periods, {
        below,
        among,
        limit: PARTNERS_PER_BATCH,
      });
      const inviterIds = batch.map(({ partnerId }) => partnerId);
      const known = await this.branches.below(db, draft, campaigns, { periods, inviterIds });
      for (const partner of batch) {
        const { partnerId } = partner;
        const bills = billsOf({ ...partner, subAffiliates: earned.of(partnerId, known) }, periods);
        earned.note(partnerId, bills.lines);
        if ((only ?? partnerId) === partnerId) sums.add(partnerId, bills);
      }
      if (batch.length < PARTNERS_PER_BATCH) return sums;
      if (performance.now() > until) throw tooLarge();
      below = inviterIds.at(-1)!;
    }
  }

  private async answer(
    db: EntityManager,
    { draft: { currency, period, timeZone }, periods }: Tried,
    { sums, scope: { limit, offset } }: { sums: PreviewSums; scope: PreviewScope },
  ): Promise<PreviewDto> {
    const { terms } = periods.at(-1)!;
    const money = (minor: bigint) => Money.of(minor, currency).toJSON();
    const shown = sums.mostPaid(offset, limit);
    const names = await this.partners.names(
      db,
      shown.map(({ partnerId }) => partnerId),
    );
    const strategies = (paid: readonly { quantity: number; amountMinor: bigint }[]) =>
      paid.map(({ quantity, amountMinor }, index) => ({
        ...{ index, quantity, type: sums.strategies[index]!.type },
        amount: money(amountMinor),
      }));
    return {
      firstDay: daysOf(periods[0]!, timeZone).firstDay,
      lastDay: daysOf(periods.at(-1)!, timeZone).lastDay,
      periods: periods.length,
      currency,
      terms: describeTerms({ ...terms, period, timeZone }),
      paid: money(sums.paidMinor),
      carriedOver: money(sums.carryMinor),
      strategies: strategies(sums.byStrategy),
      partnersPaid: sums.partners,
      partners: shown.map((partner) => ({
        partnerId: partner.partnerId,
        name: names.get(partner.partnerId) ?? '',
        paid: money(partner.paidMinor),
        strategies: strategies(partner.byStrategy),
      })),
    };
  }
}

/** What the partner would have been billed, from no debt on. */
function billsOf(
  facts: FactsOfPartner & Pick<PartnerFacts, 'subAffiliates'>,
  periods: readonly TermedPeriod[],
): TriedBills {
  const qualified = facts.players.flatMap((player) => qualify(player, periods) ?? []);
  const calculated = periods.map((period) => ({
    period,
    lines: linesOfPeriod({ ...facts, qualified }, period),
  }));
  const result = reconcileLines({
    periods: calculated.map(({ period, lines }) => ({
      period,
      calculated: lines.map(toCalculatedLine),
      billed: [],
      cancelled: [],
      hasBill: false,
      negativeCarryOver: period.terms.negativeCarryOver,
    })),
    carryMinor: 0n,
    currency: periods[0]!.terms.currency,
  });
  if (result.outcome === 'deferred') throw new Error('Nothing was billed, so nothing waits');
  return {
    calculated,
    lines: result.bills.flatMap(({ lines }) => lines),
    issuedMinor: result.bills.reduce((sum, { issuedMinor }) => sum + issuedMinor, 0n),
    carryMinor: result.carryMinor,
  };
}

/** 422: too much to calculate while somebody waits. */
function tooLarge(): DomainError {
  const message = 'This is too much for a preview: choose a shorter time, or one partner.';
  return new DomainError('PREVIEW_TOO_LARGE', 'invalid', message);
}
