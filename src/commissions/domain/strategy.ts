import type { MeasureName } from './measures.js';

/** Measures that a revenue share may be paid on (rules §3.2). */
export const REVSHARE_BASES = [
  'ngr',
  'ggr',
  'deposits',
  'net_deposits',
  'wager',
  'sb_ngr',
  'sb_ggr',
  'sb_wager',
  'poker_ngr',
  'poker_rake',
] as const satisfies readonly MeasureName[];

export type RevshareBase = (typeof REVSHARE_BASES)[number];

/** How the tiers apply: `flat` pays the reached tier's rate on everything, `marginal` pays each slice its own rate. */
export const TIER_MODES = ['flat', 'marginal'] as const;

export type TierMode = (typeof TIER_MODES)[number];

/** What a player must have done; all given criteria must hold. Amounts in minor units of the plan's currency. */
export interface CpaCriteria {
  readonly firstDepositAtLeastMinor?: bigint;
  readonly depositsSumAtLeastMinor?: bigint;
  readonly depositsCountAtLeast?: number;
  readonly wagerAtLeastMinor?: bigint;
  /** Only what happens in the first N × 24 hours after sign-up counts. */
  readonly withinDays?: number;
  /** ISO 3166-1 alpha-2 codes in upper case; absent means every country. */
  readonly countries?: readonly string[];
}

/** A fixed amount per qualified player, once. */
export interface CpaStrategy {
  readonly type: 'cpa';
  readonly amountMinor: bigint;
  readonly criteria: CpaCriteria;
}

/** One tier: from this base on (minor units, inclusive) the rate applies. */
export interface RevshareTier {
  readonly fromMinor: bigint;
  readonly rateBps: number;
}

/** A share of a base, by tiers; the tiers ascend and the first one starts at zero. */
export interface RevshareStrategy {
  readonly type: 'revshare';
  readonly base: RevshareBase;
  readonly tiers: readonly RevshareTier[];
  readonly tierMode: TierMode;
}

export type Strategy = CpaStrategy | RevshareStrategy;

/** What is needed to calculate by a plan: its terms at one version. */
export interface PlanTerms {
  readonly currency: string;
  readonly strategies: readonly Strategy[];
  /** Linear fee on GGR (or its sportsbook or poker counterpart), taken off the net bases. */
  readonly adminFeeBps: number;
  /** Whether a negative period is carried into the next one; else it counts as zero. */
  readonly negativeCarryOver: boolean;
}

/** A fault of a strategy, with the path of the field. */
export interface StrategyFault {
  readonly path: string;
  readonly message: string;
}

/** The rules of tiers that no single field shows: at least one, the first from zero, strictly ascending. */
export function tierFaults(tiers: readonly RevshareTier[], path: string): StrategyFault[] {
  const faults: StrategyFault[] = [];
  tiers.forEach((tier, index) => {
    const previous = tiers[index - 1];
    if (index === 0 && tier.fromMinor !== 0n) {
      faults.push({ path: `${path}.0.from`, message: 'the first tier starts at zero' });
    }
    if (previous && tier.fromMinor <= previous.fromMinor) {
      faults.push({ path: `${path}.${index}.from`, message: 'tiers must ascend' });
    }
  });
  if (tiers.length === 0) faults.push({ path, message: 'at least one tier' });
  return faults;
}
