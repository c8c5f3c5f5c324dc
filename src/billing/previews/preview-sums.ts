import type { Line, Strategy } from '../../commissions/index.js';
import type { PlannedLine } from '../domain/bill-lines.js';

/** What a strategy pays, in minor units. */
interface StrategySum {
  readonly quantity: number;
  readonly amountMinor: bigint;
}

/** What a partner would have been billed. */
export interface TriedBills {
  /** What the periods are worth, strategy by strategy. */
  readonly calculated: readonly Line[];
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
  byStrategy: readonly StrategySum[];
  private readonly paid: PartnerSum[] = [];

  constructor(private readonly strategies: readonly Strategy[]) {
    this.byStrategy = strategies.map(() => ({ quantity: 0, amountMinor: 0n }));
  }

  /** Partners who would have had a bill. */
  get partners(): number {
    return this.paid.length;
  }

  add(partnerId: string, { calculated, lines, issuedMinor, carryMinor }: TriedBills): void {
    // Amounts of zero alone make no bill.
    if (lines.length === 0) return;
    const byStrategy = this.strategies.map((_, index) =>
      calculated
        .filter(({ strategyIndex }) => strategyIndex === index)
        .reduce<StrategySum>(plus, { quantity: 0, amountMinor: 0n }),
    );
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
