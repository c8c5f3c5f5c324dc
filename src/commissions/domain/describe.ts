import { currencyExponent } from '../../platform/money/currencies.js';
import { decimalText, percentText } from './exact.js';
import { hasAdminFee, MEASURES } from './measures.js';
import type { PeriodKind } from './periods.js';
import type { CpaCriteria, CpaStrategy, PlanTerms, RevshareStrategy } from './strategy.js';

/** What the words need: the terms and when they are billed. */
export type DescribedPlan = PlanTerms & { readonly period: PeriodKind; readonly timeZone: string };

const PERIOD_WORDS: Record<PeriodKind, string> = {
  daily: 'every day',
  weekly: 'every week, from Monday',
  monthly: 'every calendar month',
};

/** The terms of a plan in sentences, as a partner reads them before choosing it (A03). */
export function describeTerms(plan: DescribedPlan): string[] {
  const sentences = plan.strategies.map((strategy) =>
    strategy.type === 'cpa'
      ? describeCpa(strategy, plan.currency)
      : describeRevshare(strategy, plan.currency),
  );
  if (plan.adminFeeBps > 0 && plan.strategies.some(feeMatters)) {
    sentences.push(
      `An admin fee of ${percentText(plan.adminFeeBps)} of gross revenue is taken off net revenue.`,
    );
  }
  if (plan.strategies.some(({ type }) => type === 'revshare')) {
    sentences.push(
      plan.negativeCarryOver
        ? 'A negative result is carried over to the next period.'
        : 'A negative result is not carried over: the next period starts from zero.',
    );
  }
  sentences.push(`Billed ${PERIOD_WORDS[plan.period]} (${plan.timeZone}), in ${plan.currency}.`);
  return sentences;
}

function feeMatters(strategy: CpaStrategy | RevshareStrategy): boolean {
  return strategy.type === 'revshare' && hasAdminFee(strategy.base);
}

function amountText(minor: bigint, currency: string): string {
  const exponent = currencyExponent(currency);
  return `${decimalText(minor, exponent, exponent)} ${currency}`;
}

function describeCpa({ amountMinor, criteria }: CpaStrategy, currency: string): string {
  const amount = amountText(amountMinor, currency);
  const conditions = describeCriteria(criteria, currency);
  if (conditions === '') return `${amount} for every player who signs up, once per player.`;
  return `${amount} for every player ${conditions}, once per player.`;
}

function describeCriteria(criteria: CpaCriteria, currency: string): string {
  const { depositsCountAtLeast: count, withinDays: days } = criteria;
  const needs: string[] = [];
  const atLeast = (what: string, minor: bigint | undefined): void => {
    if (minor !== undefined) needs.push(`${what} at least ${amountText(minor, currency)}`);
  };
  atLeast('first deposits', criteria.firstDepositAtLeastMinor);
  atLeast('deposits in total', criteria.depositsSumAtLeastMinor);
  if (count !== undefined) needs.push(`makes at least ${count} ${count === 1 ? 'deposit' : 'deposits'}`);
  atLeast('wagers', criteria.wagerAtLeastMinor);
  const parts: string[] = [];
  if (criteria.countries) parts.push(`from ${criteria.countries.join(', ')}`);
  if (needs.length > 0) parts.push(`who ${joinWithAnd(needs)}`);
  if (needs.length > 0 && days !== undefined)
    parts.push(`within ${days} ${days === 1 ? 'day' : 'days'} of sign-up`);
  return parts.join(' ');
}

function joinWithAnd(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function describeRevshare({ base, tiers, tierMode }: RevshareStrategy, currency: string): string {
  const { title, description } = MEASURES[base];
  const [first] = tiers;
  const what = `${title} (${description})`;
  if (first && tiers.length === 1) return `${percentText(first.rateBps)} of ${what}.`;
  const steps = tiers.map(({ fromMinor, rateBps }, index) =>
    index === 0 ? percentText(rateBps) : `${percentText(rateBps)} from ${amountText(fromMinor, currency)}`,
  );
  const mode =
    tierMode === 'flat'
      ? 'the rate reached applies to the whole of it'
      : 'each rate applies to the part above its bound';
  return `A share of ${what}: ${steps.join(', ')}; ${mode}.`;
}
