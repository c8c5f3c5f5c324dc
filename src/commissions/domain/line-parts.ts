import { currencyExponent } from '../../platform/money/currencies.js';
import type { CountedThing } from './counted.js';
import { earliestFirst } from './counted.js';
import { decimalText, divideHalfEven } from './exact.js';
import type { Line } from './line.js';
import { type ActivitySums, evaluateMeasureScaled } from './measures.js';
import type { PlanTerms, RevshareStrategy, Strategy } from './strategy.js';
import { applyTiers } from './tiers.js';

/** Shares an amount out along a running total: parts that add up to it exactly, each within a minor unit of its share. */
class SharedAmount {
  private running: bigint;
  private paid: bigint;

  /**
   * @param total what all weights add up to
   * @param running the weights of the parts before the first one
   */
  constructor(
    private readonly amountMinor: bigint,
    private readonly total: bigint,
    running: bigint,
  ) {
    this.running = running;
    this.paid = this.upTo(running);
  }

  /** The part of the next weight. */
  take(weight: bigint): bigint {
    this.running += weight;
    const upTo = this.upTo(this.running);
    const part = upTo - this.paid;
    this.paid = upTo;
    return part;
  }

  private upTo(running: bigint): bigint {
    return this.total === 0n ? 0n : divideHalfEven(this.amountMinor * running, this.total);
  }
}

/** A player's part of a line that shares revenue; bases are exact decimal texts in the plan's currency. */
export interface RevenuePart {
  readonly base: string;
  /** The line's base up to and with this player. */
  readonly runningBase: string;
  /** The same with what all other lines rest on: it ends at the total that chooses the tier. */
  readonly runningTotal: string;
  /** The tier that the running total lies in, from 1. */
  readonly runningTier: number;
  readonly amountMinor: bigint;
}

/** A line that shares revenue, with what it rests on. */
export interface RevenueLine extends Pick<PlanTerms, 'currency' | 'adminFeeBps'> {
  readonly strategy: RevshareStrategy;
  readonly amountMinor: bigint;
  /** Sums of the line's promo, of all promos on the plan, and of the promo's players before the first that is asked for. */
  readonly promo: ActivitySums;
  readonly all: ActivitySums;
  readonly before: ActivitySums;
}

/** Walks the players of a line that shares revenue, in any fixed order: their parts add up to the line's base and amount. */
export class RevenueParts {
  private readonly others: bigint;
  private readonly shared: SharedAmount;
  private running: bigint;

  constructor(private readonly line: RevenueLine) {
    const base = this.baseOf(line.promo);
    this.others = this.baseOf(line.all) - base;
    this.running = this.baseOf(line.before);
    this.shared = new SharedAmount(line.amountMinor, base, this.running);
  }

  /** The next player's part. */
  take(sums: ActivitySums): RevenuePart {
    const base = this.baseOf(sums);
    this.running += base;
    const total = this.others + this.running;
    return {
      base: this.text(base),
      runningBase: this.text(this.running),
      runningTotal: this.text(total),
      runningTier: applyTiers(this.line.strategy, total).tier.index + 1,
      amountMinor: this.shared.take(base),
    };
  }

  private baseOf(sums: ActivitySums): bigint {
    return evaluateMeasureScaled(this.line.strategy.base, sums, this.line.adminFeeBps);
  }

  private text(scaled: bigint): string {
    const exponent = currencyExponent(this.line.currency);
    return decimalText(scaled, exponent + 4, exponent);
  }
}

/** A player or an order of a line that pays one by one. */
export interface CountedPart {
  readonly id: string;
  readonly at: Date;
  /** False when the cap on their number left it out. */
  readonly paid: boolean;
  /** An order's amount; null where nothing has one. */
  readonly baseMinor: bigint | null;
  readonly amountMinor: bigint;
}

/**
 * What a line that pays one by one rests on, the earliest first: those of its promo, with their parts of the line's
 * amount, which add up to it.
 * @param things everything that the strategy counts, of all promos: the cap on their number is over all
 */
export function countedParts(
  line: Pick<Line, 'campaignId' | 'promoId' | 'amountMinor'>,
  strategy: Strategy,
  things: readonly CountedThing[],
): CountedPart[] {
  const limit = 'capCount' in strategy ? (strategy.capCount ?? Infinity) : Infinity;
  const isShare = strategy.type === 'sale' && strategy.rateBps !== undefined;
  const weighed = earliestFirst(things)
    .map((thing, index) => ({ thing, paid: index < limit }))
    .filter(({ thing }) => thing.campaignId === line.campaignId && thing.promoId === line.promoId)
    .map(({ thing, paid }) => ({
      thing,
      paid,
      weight: paid ? (isShare ? (thing.amountMinor ?? 0n) : 1n) : 0n,
    }));
  const amounts = shareAlong(
    line.amountMinor,
    weighed.map(({ weight }) => weight),
  );
  return weighed.map(({ thing: { id, at, amountMinor }, paid }, index) => ({
    id,
    at,
    paid,
    baseMinor: amountMinor ?? null,
    amountMinor: amounts[index]!,
  }));
}

/** The amount in proportion to the weights, in their order: parts that add up to it exactly (all zero without weights). */
export function shareAlong(amountMinor: bigint, weights: readonly bigint[]): bigint[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  const shared = new SharedAmount(amountMinor, total, 0n);
  return weights.map((weight) => shared.take(weight));
}
