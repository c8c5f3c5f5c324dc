import { isBarred, isFromOneOf, type PlayerFlags } from './registrations.js';
import type { CpaCriteria, PlanTerms } from './strategy.js';

/** What is known of the player. */
export interface QualifyingPlayer extends PlayerFlags {
  readonly signedUpAt: Date;
  /** ISO 3166-1 alpha-2, or null when the brand did not say. */
  readonly country: string | null;
}

/** The player's dated facts in the plan's currency, minor units, in any order. */
export interface QualifyingFacts {
  readonly deposits: readonly { readonly at: Date; readonly amountMinor: bigint }[];
  readonly activity: readonly { readonly at: Date; readonly betsMinor: bigint }[];
}

/** Which strategy a player qualified for, and when. */
export interface Qualification {
  readonly strategyIndex: number;
  readonly at: Date;
}

const DAY_MS = 86_400_000;

interface Step {
  readonly at: number;
  readonly depositMinor: bigint;
  readonly depositCount: number;
  readonly betsMinor: bigint;
}

function stepsInTime(facts: QualifyingFacts, before: number): Step[] {
  const steps: Step[] = [];
  for (const { at, amountMinor } of facts.deposits) {
    steps.push({ at: at.getTime(), depositMinor: amountMinor, depositCount: 1, betsMinor: 0n });
  }
  for (const { at, betsMinor } of facts.activity) {
    steps.push({ at: at.getTime(), depositMinor: 0n, depositCount: 0, betsMinor });
  }
  return steps.filter((step) => step.at < before).sort((a, b) => a.at - b.at);
}

/** Of deposits at the same instant the largest counts as the first, so that the order they came in does not matter. */
function firstDepositMinor(facts: QualifyingFacts): bigint {
  let first: { at: number; amountMinor: bigint } | null = null;
  for (const { at, amountMinor } of facts.deposits) {
    const time = at.getTime();
    if (!first || time < first.at || (time === first.at && amountMinor > first.amountMinor)) {
      first = { at: time, amountMinor };
    }
  }
  return first?.amountMinor ?? 0n;
}

function canQualify(criteria: CpaCriteria, player: QualifyingPlayer, facts: QualifyingFacts): boolean {
  const { countries, firstDepositAtLeastMinor: firstAtLeast } = criteria;
  if (isBarred(player) || !isFromOneOf(countries, player.country)) return false;
  return firstAtLeast === undefined || firstDepositMinor(facts) >= firstAtLeast;
}

/**
 * The first instant at which all criteria hold, or null (rules §3.2, §3.4). Duplicate, self-excluded and disabled
 * players never qualify; facts from the `withinDays`-th day after sign-up on do not count. Nobody qualifies before
 * signing up. With no criteria on deposits or wager the instant is the sign-up.
 */
export function qualifiedAt(
  criteria: CpaCriteria,
  player: QualifyingPlayer,
  facts: QualifyingFacts,
): Date | null {
  if (!canQualify(criteria, player, facts)) return null;
  const signedUpAt = player.signedUpAt.getTime();
  const { withinDays } = criteria;
  const before = withinDays === undefined ? Number.POSITIVE_INFINITY : signedUpAt + withinDays * DAY_MS;
  const reached = { depositsMinor: 0n, count: 0, wagerMinor: 0n };
  const holds = (): boolean =>
    (criteria.firstDepositAtLeastMinor === undefined || reached.count > 0) &&
    reached.depositsMinor >= (criteria.depositsSumAtLeastMinor ?? reached.depositsMinor) &&
    reached.count >= (criteria.depositsCountAtLeast ?? 0) &&
    reached.wagerMinor >= (criteria.wagerAtLeastMinor ?? reached.wagerMinor);
  const steps = stepsInTime(facts, before);
  for (let index = -1; index < steps.length; index += 1) {
    const step = steps[index];
    if (step) {
      reached.depositsMinor += step.depositMinor;
      reached.count += step.depositCount;
      reached.wagerMinor += step.betsMinor;
    }
    const at = Math.max(step?.at ?? signedUpAt, signedUpAt);
    const nextAt = steps[index + 1]?.at;
    // Facts of one instant, and those dated before the sign-up, are looked at together.
    if (nextAt !== undefined && nextAt <= at) continue;
    if (holds()) return new Date(at);
  }
  return null;
}

/**
 * The CPA strategy of the plan that the player qualified for first, or null: a player is paid for once per plan. Of
 * strategies reached at the same instant the one listed first counts.
 */
export function firstQualification(
  terms: Pick<PlanTerms, 'strategies'>,
  player: QualifyingPlayer,
  facts: QualifyingFacts,
): Qualification | null {
  let first: Qualification | null = null;
  terms.strategies.forEach((strategy, strategyIndex) => {
    if (strategy.type !== 'cpa') return;
    const at = qualifiedAt(strategy.criteria, player, facts);
    if (at && (!first || at < first.at)) first = { strategyIndex, at };
  });
  return first;
}
