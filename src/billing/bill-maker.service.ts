import { Injectable } from '@nestjs/common';
import { Ids, type Tx } from '../platform/index.js';
import { FactsService } from '../tracking/index.js';
import { BillBooks, type BilledSoFar, type BillToWrite, type Carry } from './bill-books.js';
import { earnsForThoseAbove } from './domain/bill-lines.js';
import { type PeriodToReconcile, type PlannedBill, reconcileLines } from './domain/reconcile-lines.js';
import type { DuePeriod, PartnerToBill, PlanToBill } from './plan-to-bill.js';
import { linesOfPeriod, type QualifiedPlayer, toCalculatedLine } from './period-calculation.js';
import { type QualificationDecision, Qualifications } from './qualifications.service.js';
import { ReviewHolds } from './review-holds.service.js';
import {
  type EarnedChange,
  type PeriodBase,
  type SubAffiliateBases,
  SubAffiliateCommissions,
} from './sub-affiliate-commissions.service.js';

/** What was made. */
export interface BilledOutcome {
  readonly bills: number;
  readonly lines: number;
}

/** A partner whose books are open: what it is due for, and what was billed for that so far. */
interface OpenAccount extends PartnerToBill {
  readonly billed: BilledSoFar;
  readonly carryMinor: bigint;
}

/** An account with the bills that make what was billed equal the facts. */
interface SettledAccount {
  readonly partner: OpenAccount;
  readonly bills: readonly BillToWrite[];
  readonly qualified: readonly QualifiedPlayer[];
  readonly carryMinor: bigint;
}

/**
 * Bills partners on one plan (rule 3.3): whatever happened since, billed amounts come to equal the facts. Partners are
 * taken by the hundreds, so that the database works on sets, but each is calculated on its own.
 */
@Injectable()
export class BillMaker {
  constructor(
    private readonly books: BillBooks,
    private readonly facts: FactsService,
    private readonly qualifications: Qualifications,
    private readonly subAffiliates: SubAffiliateCommissions,
    private readonly reviewHolds: ReviewHolds,
    private readonly ids: Ids,
  ) {}

  /**
   * Makes the bills that the partners' changes call for and claims the changes, all in `tx`. The partners' positions
   * are locked first, so that two runs never bill a partner at once; the second one finds the changes claimed. A
   * partner whose difference has to wait for the next period to close is left out, and its changes stay.
   */
  async make(tx: Tx, plan: PlanToBill, partners: readonly PartnerToBill[]): Promise<BilledOutcome> {
    const carries = await this.books.lockPositions(
      tx,
      plan,
      partners.map(({ partnerId }) => partnerId),
    );
    const unclaimed = await this.facts.unclaimed(tx, partners);
    const bills: BillToWrite[] = [];
    for (const part of await this.subAffiliates.cut(tx, plan, unclaimed)) {
      bills.push(...(await this.makePart(tx, plan, await this.open(tx, plan, part, carries))));
    }
    await this.reviewHolds.holdNew(tx, partnersOf(bills));
    return { bills: bills.length, lines: bills.reduce((count, { lines }) => count + lines.length, 0) };
  }

  private async makePart(tx: Tx, plan: PlanToBill, accounts: readonly OpenAccount[]): Promise<BillToWrite[]> {
    const qualified = await this.qualifications.decide(tx, plan, accounts);
    const bases = await this.subAffiliates.basesOf(tx, plan, accounts);
    const settled = accounts.flatMap((account) => this.settle(plan, account, qualified, bases) ?? []);
    const bills = settled.flatMap((account) => account.bills);
    await this.books.write(tx, plan, bills);
    await this.books.setCarries(
      tx,
      plan,
      settled.filter(({ partner, carryMinor }) => carryMinor !== partner.carryMinor).map(toCarry),
    );
    await this.qualifications.keep(tx, plan, settled.map(toDecision));
    await this.facts.claim(tx, settled.map(({ partner }) => partner)); // prettier-ignore
    await this.subAffiliates.noteEarned(tx, plan, bills.flatMap(earnedBy)); // prettier-ignore
    return bills;
  }

  private async open(
    tx: Tx,
    plan: PlanToBill,
    partners: readonly PartnerToBill[],
    carries: ReadonlyMap<string, bigint>,
  ): Promise<OpenAccount[]> {
    const due = partners.filter(
      ({ partnerId, periods }) => periods.length > 0 && !plan.postponed.has(partnerId),
    );
    const billed = await this.books.billedSince(tx, plan, due.map(({ partnerId, periods }) => ({ partnerId, from: periods[0]!.start }))); // prettier-ignore
    return due
      .map((partner) => ({
        ...partner,
        billed: billed.get(partner.partnerId)!,
        carryMinor: carries.get(partner.partnerId)!,
      }))
      .filter((account) => !account.periods.every(({ start }) => account.billed.has(start)));
  }

  /** Null when the differences have to wait for a bill to put them on. */
  private settle(
    plan: PlanToBill,
    account: OpenAccount,
    qualifiedByPartner: ReadonlyMap<string, readonly QualifiedPlayer[]>,
    bases: SubAffiliateBases,
  ): SettledAccount | null {
    const { partnerId, periods, carryMinor } = account;
    const qualified = qualifiedByPartner.get(partnerId) ?? [];
    const below = bases.get(partnerId) ?? [];
    const result = reconcileLines({
      periods: periods.map((period) => toReconcile(account, period, qualified, below)),
      carryMinor,
      currency: plan.currency,
    });
    if (result.outcome === 'deferred') return null;
    const bills = result.bills.map((bill) => this.toWrite(partnerId, periods, bill));
    return { partner: account, bills, qualified, carryMinor: result.carryMinor };
  }

  private toWrite(partnerId: string, periods: readonly DuePeriod[], bill: PlannedBill): BillToWrite {
    const period = periods.find(({ start }) => start.getTime() === bill.period.start.getTime())!;
    return { ...bill, id: this.ids.next(), partnerId, period };
  }
}

/** Calculates a period from the facts and sets it beside what was billed. */
function toReconcile(
  account: OpenAccount,
  period: DuePeriod,
  qualified: readonly QualifiedPlayer[],
  subAffiliates: readonly PeriodBase[],
): PeriodToReconcile {
  const { billed } = account;
  return {
    period,
    calculated: linesOfPeriod({ ...account, qualified, subAffiliates }, period).map(toCalculatedLine),
    billed: billed.linesOf(period.start),
    cancelled: billed.cancelledOf(period.start),
    hasBill: billed.has(period.start),
    negativeCarryOver: period.terms.negativeCarryOver,
  };
}

/** A period's players are paid for by its own bill, else by the one that carries its adjustments. */
function toDecision({ partner, bills, qualified }: SettledAccount): QualificationDecision {
  const billIds = new Map(
    bills.flatMap((bill) => bill.lines.map(({ periodStart }) => [periodStart.getTime(), bill.id] as const)),
  );
  return {
    partnerId: partner.partnerId,
    from: partner.periods[0]!.start,
    qualified: qualified.map((player) => ({
      ...player,
      billId: billIds.get(player.periodStart.getTime()) ?? null,
    })),
  };
}

function partnersOf(bills: readonly BillToWrite[]): string[] {
  return [...new Set(bills.map(({ partnerId }) => partnerId))];
}

function toCarry({ partner: { partnerId }, carryMinor }: SettledAccount): Carry {
  return { partnerId, carryMinor };
}

/** The periods for which the bill pays, or takes back, what the partner itself brought. */
function earnedBy({ partnerId, lines }: BillToWrite): EarnedChange[] {
  const starts = lines.filter(earnsForThoseAbove).map(({ periodStart }) => periodStart.getTime());
  return [...new Set(starts)].map((start) => ({ partnerId, periodStart: new Date(start) }));
}
