import { type Metrics, PARTS_PER_MINOR, type PricedUnit } from './unit-price.js';

/** What one unit is worth, and how many of them are paid at most. */
export interface UnitPrice {
  unit: PricedUnit;
  /** Millionths of a minor unit. */
  price: bigint;
  maxUnits: bigint | null;
}

/** What a campaign pays for a post; caps in minor units. */
export interface RewardTerms {
  unitPrices: readonly UnitPrice[];
  postCapMinor: bigint | null;
}

/** As much as the database holds: more than any budget. */
const MOST_MINOR = 2n ** 63n - 1n;

/**
 * What a post has earned by its units, in minor units (E02, rule 7.4): Σ unit price × min(units, the most that are
 * paid), exact, rounded down once, and the post's cap at most. A metric that is not known earns nothing as yet.
 */
export function postReward({ unitPrices, postCapMinor }: RewardTerms, metrics: Metrics): bigint {
  const parts = unitPrices.reduce((sum, { unit, price, maxUnits }) => {
    const units = unit === 'post' ? 1n : (metrics[unit] ?? 0n);
    return sum + price * smaller(units, maxUnits);
  }, 0n);
  return smaller(smaller(parts / PARTS_PER_MINOR, postCapMinor), MOST_MINOR);
}

/** Metrics that are paid for and that nobody has told yet. */
export function unknownMetrics(
  { unitPrices }: Pick<RewardTerms, 'unitPrices'>,
  metrics: Metrics,
): PricedUnit[] {
  return unitPrices.map(({ unit }) => unit).filter((unit) => unit !== 'post' && metrics[unit] === undefined);
}

/** Where a post stands when its reward is accrued; all in minor units. */
export interface AccrualPosition {
  /** What the post has earned, as {@link postReward} says; zero when it does not count. */
  reward: bigint;
  /** What is accrued for it. */
  accrued: bigint;
  creatorCap: bigint | null;
  /** What is accrued for the creator's other posts of the campaign. */
  accruedElsewhere: bigint;
  budgetLeft: bigint;
}

/**
 * By how much a post's accrual changes (rules 7.4 and 7.5): up to what the creator's cap leaves of its reward, and by
 * no more than the budget left; down when it has earned less than before.
 */
export function accrualChange({
  reward,
  accrued,
  creatorCap,
  accruedElsewhere,
  budgetLeft,
}: AccrualPosition): bigint {
  const left = creatorCap === null ? null : larger(creatorCap - accruedElsewhere, 0n);
  return smaller(smaller(reward, left) - accrued, budgetLeft);
}

/** A post that counts, or would if there was budget, as it stands in line for it; amounts in minor units. */
export interface Claim {
  creatorId: string;
  /** What it may have at most: what it has earned, or what it was paid. */
  most: bigint;
  /** What it has for good: what was paid for it or told to its creator. */
  held: bigint;
}

/** What a post gets of a budget; `reached` when there was some left at its turn. */
export interface Share {
  accrued: bigint;
  reached: boolean;
}

/**
 * Shares a budget out among posts in their order (rules 7.4 and 7.5): all have what they hold, and then each in its turn
 * accrues what caps and budget leave. The same claims give the same shares, whatever came before.
 * @param claims what they hold fits into budget and cap, as it was accrued
 */
export function shareOut(
  claims: readonly Claim[],
  { budgetMinor, creatorCapMinor }: { budgetMinor: bigint; creatorCapMinor: bigint | null },
): Share[] {
  const ofCreator = new Map<string, bigint>();
  const add = (creatorId: string, amount: bigint) =>
    ofCreator.set(creatorId, (ofCreator.get(creatorId) ?? 0n) + amount);
  for (const { creatorId, held } of claims) add(creatorId, held);
  let budgetLeft = claims.reduce((left, { held }) => left - held, budgetMinor);
  return claims.map(({ creatorId, most, held }) => {
    const reached = budgetLeft > 0n;
    const accruedElsewhere = ofCreator.get(creatorId)! - held;
    const change = accrualChange({
      reward: most,
      accrued: held,
      creatorCap: creatorCapMinor,
      accruedElsewhere,
      budgetLeft,
    });
    add(creatorId, change);
    budgetLeft -= change;
    return { accrued: held + change, reached };
  });
}

/** The smaller of two amounts; where there is no limit, the one. */
export function smaller(value: bigint, limit: bigint | null): bigint {
  return limit !== null && limit < value ? limit : value;
}

/** The larger of two amounts. */
export function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
