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

/** What a strategy pays one partner at most in one period, in minor units of the plan's currency. */
export interface AmountCap {
  readonly capAmountMinor?: bigint;
}

/** How many players or orders a strategy pays one partner at most in one period; the earliest ones count. */
export interface CountCap {
  readonly capCount?: number;
}

/** A fixed amount per registration, once per player. */
export interface CplStrategy extends AmountCap, CountCap {
  readonly type: 'cpl';
  readonly amountMinor: bigint;
  /** ISO 3166-1 alpha-2 codes in upper case; absent means every country. */
  readonly countries?: readonly string[];
}

/** A fixed amount per qualified player, once. */
export interface CpaStrategy extends AmountCap, CountCap {
  readonly type: 'cpa';
  readonly amountMinor: bigint;
  readonly criteria: CpaCriteria;
}

/** A fixed amount per approved order, or a share of its amount: exactly one of the two is given. */
export interface SaleStrategy extends AmountCap, CountCap {
  readonly type: 'sale';
  readonly amountMinor?: bigint;
  readonly rateBps?: number;
}

/** One tier: from this base on (minor units, inclusive) the rate applies. */
export interface RevshareTier {
  readonly fromMinor: bigint;
  readonly rateBps: number;
}

/** A share of a base, by tiers; the tiers ascend and the first one starts at zero. */
export interface RevshareStrategy extends AmountCap {
  readonly type: 'revshare';
  readonly base: RevshareBase;
  readonly tiers: readonly RevshareTier[];
  readonly tierMode: TierMode;
}

/** How far down the tree of partners brought a commission may reach. */
export const DEEPEST_LEVEL = 10;

/** What partners of one level pay to the one who brought them: level 1 are those brought directly. */
export interface LevelRate {
  readonly level: number;
  readonly rateBps: number;
}

/** A share of what the partners brought earn, by level. */
export interface SubAffiliateStrategy extends AmountCap {
  readonly type: 'sub_affiliate';
  /** In ascending order; a level that is not listed pays nothing. */
  readonly levels: readonly LevelRate[];
  /** Only for periods in which the inviter earned commission of its own. */
  readonly onlyWhenInviterEarned: boolean;
}

export type Strategy = CplStrategy | CpaStrategy | SaleStrategy | RevshareStrategy | SubAffiliateStrategy;

export const STRATEGY_TYPES = [
  'cpl',
  'cpa',
  'sale',
  'revshare',
  'sub_affiliate',
] as const satisfies readonly Strategy['type'][];

/** The longest time that a plan may hold its bills, in days. */
export const LONGEST_HOLD_DAYS = 365;

/** What is needed to calculate by a plan: its terms at one version. */
export interface PlanTerms {
  readonly currency: string;
  readonly strategies: readonly Strategy[];
  /** Linear fee on GGR (or its sportsbook or poker counterpart), taken off the net bases. */
  readonly adminFeeBps: number;
  /** Whether a negative period is carried into the next one; else it counts as zero. */
  readonly negativeCarryOver: boolean;
  /** For so many days after the end of its period a bill is held. */
  readonly holdDays: number;
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

/** The rule of levels that no single field shows: they ascend, so that each is named once. */
export function levelFaults(levels: readonly LevelRate[], path: string): StrategyFault[] {
  return levels.flatMap(({ level }, index) =>
    index > 0 && level <= levels[index - 1]!.level
      ? [{ path: `${path}.${index}.level`, message: 'levels must ascend' }]
      : [],
  );
}
