import { type Line, type PlanTerms, storeStrategy, type Strategy } from '../../commissions/index.js';
import type { PlannedLine } from '../domain/bill-lines.js';
import type { TermedPeriod } from '../period-calculation.js';

/** What a strategy pays, in minor units. */
interface StrategySum {
  readonly quantity: number;
  readonly amountMinor: bigint;
}

/** What a partner would have been billed. */
export interface TriedBills {
  /** What each period is worth, strategy by strategy of the terms that pay it. */
  readonly calculated: readonly { readonly period: TermedPeriod; readonly lines: readonly Line[] }[];
  /** What stands on the bills. */
  readonly lines: readonly PlannedLine[];
  readonly issuedMinor: bigint;
  /** What losses leave to later bills, ≤ 0. */
  readonly carryMinor: bigint;
}

/** What a partner is paid. */
interface PartnerSum {
  readonly partnerId: string;
  readonly paidMinor: bigint;
  readonly byStrategy: readonly StrategySum[];
}

/** Adds up what partners would be paid, in all and by strategy. */
export class PreviewSums {
  paidMinor = 0n;
  /** Losses that are left to later bills, ≤ 0. */
  carryMinor = 0n;
  /** Those of all terms that pay the periods, the oldest terms first; one that stays as it was at its place comes once. */
  readonly strategies: readonly Strategy[];
  byStrategy: readonly StrategySum[];
  private readonly paid: PartnerSum[] = [];
  /** Of each terms' strategies the places among them all. */
  private readonly places: ReadonlyMap<PlanTerms, readonly number[]>;

  constructor(periods: readonly TermedPeriod[]) {
    const terms = [...new Set(periods.map((period) => period.terms))];
    const keysOf = ({ strategies }: PlanTerms): string[] =>
      strategies.map((strategy, index) => `${index} ${JSON.stringify(storeStrategy(strategy))}`);
    const byKey = new Map(
      terms.flatMap((each) => keysOf(each).map((key, index) => [key, each.strategies[index]!] as const)),
    );
    const keys = [...byKey.keys()];
    this.strategies = [...byKey.values()];
    this.places = new Map(terms.map((each) => [each, keysOf(each).map((key) => keys.indexOf(key))]));
    this.byStrategy = this.strategies.map(() => ({ quantity: 0, amountMinor: 0n }));
  }

  /** Partners who would have had a bill. */
  get partners(): number {
    return this.paid.length;
  }

  add(partnerId: string, { calculated, lines, issuedMinor, carryMinor }: TriedBills): void {
    // Amounts of zero alone make no bill.
    if (lines.length === 0) return;
    const byStrategy = this.strategies.map((): StrategySum => ({ quantity: 0, amountMinor: 0n }));
    for (const { period, lines: worth } of calculated) {
      const places = this.places.get(period.terms)!;
      for (const line of worth) {
        const place = places[line.strategyIndex]!;
        byStrategy[place] = plus(byStrategy[place]!, line);
      }
    }
    this.paidMinor += issuedMinor;
    this.carryMinor += carryMinor;
    this.byStrategy = this.byStrategy.map((sum, index) => plus(sum, byStrategy[index]!));
    this.paid.push({ partnerId, paidMinor: issuedMinor, byStrategy });
  }

  /** Those who are paid most first; of equals those of the lower id. */
  mostPaid(offset: number, limit: number): PartnerSum[] {
    return this.paid
      .toSorted((a, b) => {
        if (a.paidMinor !== b.paidMinor) return a.paidMinor > b.paidMinor ? -1 : 1;
        return a.partnerId < b.partnerId ? -1 : 1;
      })
      .slice(offset, offset + limit);
  }
}

function plus(a: StrategySum, b: StrategySum): StrategySum {
  return { quantity: a.quantity + b.quantity, amountMinor: a.amountMinor + b.amountMinor };
}
