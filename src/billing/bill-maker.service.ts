import { Injectable } from '@nestjs/common';
import {
  calculatePeriod,
  closedPeriods,
  type Line,
  type Period,
  type PlanVersion,
  type PlanWithVersions,
} from '../commissions/index.js';
import { Ids, type Tx } from '../platform/index.js';
import { FactsService } from '../tracking/index.js';
import { BillBooks, type BilledSoFar, type BillToWrite, type PositionKey } from './bill-books.js';
import type { CalculatedLine } from './domain/bill-lines.js';
import { type PeriodToReconcile, type PlannedBill, reconcileLines } from './domain/reconcile-lines.js';
import { type QualificationScope, Qualifications, type QualifiedPlayer } from './qualifications.service.js';

export interface BillingTask {
  readonly plan: PlanWithVersions;
  readonly partnerId: string;
  /** End of the last period that is due. */
  readonly until: Date;
  readonly runId: string;
}

/** What was made. */
export interface BilledOutcome {
  readonly bills: number;
  readonly lines: number;
}

/**
 * Thrown to roll the transaction back, so that the changes stay to be found: something differs from what was billed,
 * but there is no bill to put it on before the next period closes.
 */
export class NothingToBillNow extends Error {}

interface DuePeriod extends Period {
  readonly version: number;
  readonly terms: PlanVersion;
}

/** Bills one partner on one plan (rule 3.3): whatever happened since, billed amounts come to equal the facts. */
@Injectable()
export class BillMaker {
  constructor(
    private readonly books: BillBooks,
    private readonly facts: FactsService,
    private readonly qualifications: Qualifications,
    private readonly ids: Ids,
  ) {}

  /**
   * Claims the partner's changes and makes the bills that they call for, all in `tx`. The partner's position is
   * locked first, so that two runs never bill the same partner at once; the second one finds nothing left.
   * @throws NothingToBillNow when the changes have to wait for the next period to close
   */
  async make(tx: Tx, { plan, partnerId, until, runId }: BillingTask): Promise<BilledOutcome> {
    const position: PositionKey = {
      partnerId,
      planId: plan.id,
      brandId: plan.brandId,
      currency: plan.currency,
    };
    const carryMinor = await this.books.lockPosition(tx, position);
    const billedUntil = await this.books.findLatestBilledEnd(tx, position);
    // A run through an earlier date must see all that later bills have settled.
    const horizon = billedUntil && billedUntil > until ? billedUntil : until;
    const earliest = await this.facts.claimChanges(tx, { partnerId, planId: plan.id, before: horizon });
    if (!earliest) return { bills: 0, lines: 0 };
    const periods = duePeriods(plan, earliest, horizon);
    const from = periods[0]?.start;
    if (!from) throw new NothingToBillNow();
    const billed = await this.books.billedSince(tx, position, from);
    if (periods.every(({ start }) => billed.periodsWithBill.has(start.getTime())))
      throw new NothingToBillNow();

    const scope: QualificationScope = {
      ...position,
      periods,
      termsByVersion: new Map(periods.map(({ version, terms }) => [version, terms])),
    };
    const qualified = await this.qualifications.decide(tx, scope);
    const entries = await this.entries(tx, scope, periods, qualified, billed);
    const result = reconcileLines({ periods: entries, carryMinor, currency: plan.currency });
    if (result.outcome === 'deferred') throw new NothingToBillNow();
    const bills = result.bills.map((bill) => this.toWrite(plan, periods, bill));
    if (bills.length > 0) await this.books.write(tx, position, bills, runId);
    if (result.carryMinor !== carryMinor) await this.books.setCarry(tx, position, result.carryMinor);
    await this.qualifications.keep(tx, scope, qualified, billOfPeriod(bills));
    return { bills: bills.length, lines: bills.reduce((count, { lines }) => count + lines.length, 0) };
  }

  /** Calculates each period from the facts and sets it beside what was billed. */
  private async entries(
    tx: Tx,
    { partnerId, planId }: QualificationScope,
    periods: readonly DuePeriod[],
    qualified: readonly QualifiedPlayer[],
    billed: BilledSoFar,
  ): Promise<PeriodToReconcile[]> {
    const activity = await this.facts.activityByPromo(tx, { partnerId, planId, periods });
    return periods.map((period, index) => {
      const start = period.start.getTime();
      const lines = calculatePeriod({
        version: period.terms,
        promoActivity: activity[index] ?? [],
        qualifiedByPromo: qualified
          .filter(({ periodStart }) => periodStart.getTime() === start)
          .map(({ player, strategyIndex }) => ({
            campaignId: player.campaignId,
            promoId: player.promoId,
            playerIds: [player.playerId],
            strategyIndex,
          })),
      });
      return {
        period: { start: period.start, end: period.end },
        calculated: lines.map(toCalculatedLine),
        billed: billed.linesByPeriod.get(start) ?? [],
        hasBill: billed.periodsWithBill.has(start),
        negativeCarryOver: period.terms.negativeCarryOver,
      };
    });
  }

  private toWrite(plan: PlanWithVersions, periods: readonly DuePeriod[], bill: PlannedBill): BillToWrite {
    const period = periods.find(({ start }) => start.getTime() === bill.period.start.getTime());
    return { ...bill, id: this.ids.next(), planVersion: period!.version, timeZone: plan.timeZone };
  }
}

/** The periods from the one that holds `earliest` to the horizon, each with the version in force at its start. */
function duePeriods(plan: PlanWithVersions, earliest: Date, horizon: Date): DuePeriod[] {
  return closedPeriods(plan.period, plan.timeZone, earliest, horizon).map((period) => {
    const terms = versionAt(plan, period.start);
    return { ...period, version: terms.version, terms };
  });
}

/** The newest version that pays the period which starts at `at`. */
function versionAt({ id, versions }: PlanWithVersions, at: Date): PlanVersion {
  const inForce = versions.findLast(({ effectiveFrom }) => effectiveFrom === null || effectiveFrom <= at);
  if (!inForce) throw new Error(`Commission plan ${id} has no first version`);
  return inForce;
}

function toCalculatedLine({ strategy, quantity, baseMinor, explanation, ...line }: Line): CalculatedLine {
  return {
    lineKey: line.lineKey,
    strategy,
    campaignId: line.campaignId,
    promoId: line.promoId,
    quantity: BigInt(quantity),
    baseMinor: strategy === 'cpa' ? null : baseMinor,
    rate: line.rate,
    amountMinor: line.amountMinor,
    explanation,
  };
}

/** The bill that holds the lines of a period: its own, else the one that carries its adjustments. */
function billOfPeriod(bills: readonly BillToWrite[]): (periodStart: Date) => string | null {
  const byPeriod = new Map(
    bills.flatMap((bill) => bill.lines.map(({ periodStart }) => [periodStart.getTime(), bill.id] as const)),
  );
  return (periodStart) => byPeriod.get(periodStart.getTime()) ?? null;
}
