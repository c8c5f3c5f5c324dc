import { barringFlags, isFromOneOf, type PlayerFlags } from './registrations.js';
import type { CpaCriteria, PlanTerms } from './strategy.js';

/** What is known of the player. */
export interface QualifyingPlayer extends PlayerFlags {
  readonly signedUpAt: Date;
  /** ISO 3166-1 alpha-2, or null when the brand did not say. */
  readonly country: string | null;
}

/** The player's dated facts in the plan's currency, minor units, in any order. */
export interface QualifyingFacts {
  /** One of nothing is no deposit. */
  readonly deposits: readonly { readonly at: Date; readonly amountMinor: bigint }[];
  readonly activity: readonly { readonly at: Date; readonly betsMinor: bigint }[];
}

/** Which strategy a player qualified for, and when. */
export interface Qualification {
  readonly strategyIndex: number;
  readonly at: Date;
}

/** What a player is measured by: that it may be paid for at all comes first, then what the strategy asks for. */
export type Criterion =
  'good_standing' | 'country' | 'first_deposit' | 'deposits_sum' | 'deposits_count' | 'wager';

/** One criterion, and how far the player has come; amounts as bigint in minor units, numbers as numbers. */
export interface CriterionResult {
  readonly criterion: Criterion;
  /** A bound, or the countries; null where there is nothing to reach. */
  readonly required: bigint | number | readonly string[] | null;
  /** By all facts that count; for `good_standing` the flags that bar the player. */
  readonly reached: bigint | number | readonly string[];
  /** Whether it held at the instant of the qualification; without one, whether it holds by all facts that count. */
  readonly met: boolean;
  /** The first instant at which it held; null while it never did. */
  readonly metAt: Date | null;
}

/** How a player stands with the criteria of one strategy. */
export interface CriteriaResult {
  /** The first instant at which all criteria held; null when they never did. */
  readonly at: Date | null;
  /** From here on facts do not count; null when they always do. */
  readonly countsUntil: Date | null;
  readonly criteria: readonly CriterionResult[];
}

const DAY_MS = 86_400_000;

interface Step {
  readonly at: number;
  readonly depositMinor: bigint;
  readonly depositCount: number;
  readonly betsMinor: bigint;
}

/** What a player has done by an instant. */
interface Reached {
  readonly depositsMinor: bigint;
  readonly count: number;
  readonly wagerMinor: bigint;
}

/** A criterion with what decides it. */
interface Check {
  readonly criterion: Criterion;
  readonly required: CriterionResult['required'];
  readonly reached: (by: Reached) => CriterionResult['reached'];
  readonly holds: (by: Reached) => boolean;
}

function stepsInTime(facts: QualifyingFacts, before: number): Step[] {
  const steps: Step[] = [];
  for (const { at, amountMinor } of facts.deposits) {
    steps.push({
      at: at.getTime(),
      depositMinor: amountMinor,
      depositCount: amountMinor > 0n ? 1 : 0,
      betsMinor: 0n,
    });
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
    if (amountMinor === 0n) continue;
    const time = at.getTime();
    if (!first || time < first.at || (time === first.at && amountMinor > first.amountMinor)) {
      first = { at: time, amountMinor };
    }
  }
  return first?.amountMinor ?? 0n;
}

function checksOf(criteria: CpaCriteria, player: QualifyingPlayer, facts: QualifyingFacts): Check[] {
  const { countries, firstDepositAtLeastMinor: firstAtLeast, depositsSumAtLeastMinor: sumAtLeast } = criteria;
  const { depositsCountAtLeast: countAtLeast, wagerAtLeastMinor: wagerAtLeast } = criteria;
  const flags = barringFlags(player);
  const checks: Check[] = [
    { criterion: 'good_standing', required: null, reached: () => flags, holds: () => flags.length === 0 },
  ];
  if (countries !== undefined) {
    const reached = player.country === null ? [] : [player.country];
    const isListed = isFromOneOf(countries, player.country);
    checks.push({ criterion: 'country', required: countries, reached: () => reached, holds: () => isListed });
  }
  if (firstAtLeast !== undefined) {
    const first = firstDepositMinor(facts);
    checks.push({
      criterion: 'first_deposit',
      required: firstAtLeast,
      reached: () => first,
      holds: ({ count }) => count > 0 && first >= firstAtLeast,
    });
  }
  const atLeast = <T extends bigint | number>(
    criterion: Criterion,
    required: T | undefined,
    reached: (by: Reached) => T,
  ): void => {
    if (required === undefined) return;
    checks.push({ criterion, required, reached, holds: (by) => reached(by) >= required });
  };
  atLeast('deposits_sum', sumAtLeast, ({ depositsMinor }) => depositsMinor);
  atLeast('deposits_count', countAtLeast, ({ count }) => count);
  atLeast('wager', wagerAtLeast, ({ wagerMinor }) => wagerMinor);
  return checks;
}

/**
 * What the player had done by the sign-up, and by each instant at which it did something. Facts of one instant, and
 * those dated before the sign-up, are looked at together.
 */
function* momentsOf(
  signedUpAt: number,
  steps: readonly Step[],
): Generator<{ readonly at: number; readonly reached: Reached }> {
  const reached = { depositsMinor: 0n, count: 0, wagerMinor: 0n };
  for (let index = -1; index < steps.length; index += 1) {
    const step = steps[index];
    if (step) {
      reached.depositsMinor += step.depositMinor;
      reached.count += step.depositCount;
      reached.wagerMinor += step.betsMinor;
    }
    const at = Math.max(step?.at ?? signedUpAt, signedUpAt);
    const nextAt = steps[index + 1]?.at;
    if (nextAt === undefined || nextAt > at) yield { at, reached };
  }
}

/**
 * How the player stands with the criteria (rules §3.2, §3.4), criterion by criterion; `at` is the first instant at
 * which all of them hold. Duplicate, self-excluded and disabled players never qualify; facts from the `withinDays`-th
 * day after sign-up on do not count. Nobody qualifies before signing up. With no criteria on deposits or wager the
 * instant is the sign-up.
 */
export function assessCriteria(
  criteria: CpaCriteria,
  player: QualifyingPlayer,
  facts: QualifyingFacts,
): CriteriaResult {
  const { withinDays } = criteria;
  const signedUpAt = player.signedUpAt.getTime();
  const before = withinDays === undefined ? Number.POSITIVE_INFINITY : signedUpAt + withinDays * DAY_MS;
  const states = checksOf(criteria, player, facts).map((check) => ({ check, metAt: null as number | null }));
  let at: number | null = null;
  let last: Reached = { depositsMinor: 0n, count: 0, wagerMinor: 0n };
  for (const moment of momentsOf(signedUpAt, stepsInTime(facts, before))) {
    last = moment.reached;
    let all = true;
    for (const state of states) {
      if (state.check.holds(last)) state.metAt ??= moment.at;
      else all = false;
    }
    if (all) at ??= moment.at;
  }
  return {
    at: at === null ? null : new Date(at),
    countsUntil: withinDays === undefined ? null : new Date(before),
    criteria: states.map(({ check, metAt }) => ({
      criterion: check.criterion,
      required: check.required,
      reached: check.reached(last),
      met: at !== null || check.holds(last),
      metAt: metAt === null ? null : new Date(metAt),
    })),
  };
}

/** The first instant at which all criteria hold, or null. */
export function qualifiedAt(
  criteria: CpaCriteria,
  player: QualifyingPlayer,
  facts: QualifyingFacts,
): Date | null {
  return assessCriteria(criteria, player, facts).at;
}

/** How a player stands with every CPA strategy of the plan. */
export interface QualificationResult {
  /** The strategy that pays for the player; null when none does. */
  readonly first: Qualification | null;
  readonly strategies: readonly (CriteriaResult & { readonly strategyIndex: number })[];
}

/**
 * How the player stands with the plan. The CPA strategy that it qualified for first pays: a player is paid for once
 * per plan. Of strategies reached at the same instant the one listed first counts.
 */
export function assessQualification(
  terms: Pick<PlanTerms, 'strategies'>,
  player: QualifyingPlayer,
  facts: QualifyingFacts,
): QualificationResult {
  const strategies = terms.strategies.flatMap((strategy, strategyIndex) =>
    strategy.type === 'cpa' ? [{ strategyIndex, ...assessCriteria(strategy.criteria, player, facts) }] : [],
  );
  let first: Qualification | null = null;
  for (const { strategyIndex, at } of strategies) {
    if (at && (!first || at < first.at)) first = { strategyIndex, at };
  }
  return { first, strategies };
}

/** The CPA strategy of the plan that the player qualified for first, or null. */
export function firstQualification(
  terms: Pick<PlanTerms, 'strategies'>,
  player: QualifyingPlayer,
  facts: QualifyingFacts,
): Qualification | null {
  return assessQualification(terms, player, facts).first;
}
