import { MEASURE_SCALE } from './measures.js';
import type { RevshareStrategy, RevshareTier } from './strategy.js';

/** The last tier that pays a part of the base total; `index` counts from zero. */
export interface ReachedTier extends RevshareTier {
  readonly index: number;
}

/** The part of the base total between two tier bounds, and what it pays. */
export interface TierSlice {
  readonly fromMinor: bigint;
  readonly toMinor: bigint | null;
  readonly rateBps: number;
  /** In ten-thousandths of a minor unit. */
  readonly base: bigint;
  /** `base × rateBps`: in 10⁻⁸ of a minor unit, exact. */
  readonly amount: bigint;
}

/** The outcome of the tiers: the exact share of the base that is paid, and how it came about. */
export interface TierResult {
  readonly rate: { readonly numerator: bigint; readonly denominator: bigint };
  readonly tier: ReachedTier;
  /** Only with marginal tiers. */
  readonly slices?: readonly TierSlice[];
}

const BPS = 10_000n;

/**
 * Finds the rate for a base total in ten-thousandths of a minor unit. A total of zero or less takes the first tier's
 * rate; with marginal tiers the rate is the effective one over all slices.
 */
export function applyTiers(strategy: RevshareStrategy, total: bigint): TierResult {
  if (strategy.tierMode === 'flat') {
    const tier = reachedTier(strategy.tiers, total);
    return { rate: { numerator: BigInt(tier.rateBps), denominator: BPS }, tier };
  }
  const slices = slicesOf(strategy.tiers, total);
  // Exactly at its bound a tier is reached, but pays nothing yet.
  const index = slices.length - 1;
  const tier = { ...strategy.tiers[index]!, index };
  if (total <= 0n) return { rate: { numerator: BigInt(tier.rateBps), denominator: BPS }, tier, slices };
  const paid = slices.reduce((sum, { amount }) => sum + amount, 0n);
  return { rate: { numerator: paid, denominator: total * BPS }, tier, slices };
}

function reachedTier(tiers: readonly RevshareTier[], total: bigint): ReachedTier {
  const [first] = tiers;
  if (!first) throw new RangeError('a revenue share needs a tier');
  return tiers.reduce<ReachedTier>(
    (reached, tier, index) =>
      index > 0 && tier.fromMinor * MEASURE_SCALE <= total ? { ...tier, index } : reached,
    { ...first, index: 0 },
  );
}

function slicesOf(tiers: readonly RevshareTier[], total: bigint): TierSlice[] {
  return tiers.flatMap((tier, index) => {
    const toMinor = tiers[index + 1]?.fromMinor ?? null;
    const from = tier.fromMinor * MEASURE_SCALE;
    const to = toMinor === null ? null : toMinor * MEASURE_SCALE;
    if (index > 0 && total <= from) return [];
    // The first slice takes a negative total whole.
    const base = (to !== null && total > to ? to : total) - from;
    return [
      {
        fromMinor: tier.fromMinor,
        toMinor,
        rateBps: tier.rateBps,
        base,
        amount: base * BigInt(tier.rateBps),
      },
    ];
  });
}
