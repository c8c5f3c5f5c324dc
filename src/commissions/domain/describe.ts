import { currencyExponent } from '../../platform/money/currencies.js';
import { decimalText, percentText } from './exact.js';
import { hasAdminFee, MEASURES } from './measures.js';
import type { PeriodKind } from './periods.js';
import type {
  CpaCriteria,
  CpaStrategy,
  CplStrategy,
  PlanTerms,
  RevshareStrategy,
  SaleStrategy,
  Strategy,
  SubAffiliateStrategy,
} from './strategy.js';

/** What the words need: the terms and when they are billed. */
export type DescribedPlan = PlanTerms & {
  readonly period: PeriodKind;
  readonly timeZone: string;
  readonly payoutCurrency?: string | null;
};

const BILLED: Record<PeriodKind, string> = {
  daily: 'every day',
  weekly: 'every week, from Monday',
  monthly: 'every calendar month',
};
const PERIODS: Record<PeriodKind, string> = { daily: 'a day', weekly: 'a week', monthly: 'a calendar month' };

/** The terms of a plan in sentences, as a partner reads them before choosing it (A03): one for each strategy first. */
export function describeTerms(plan: DescribedPlan): string[] {
  const sentences = plan.strategies.map((strategy) => describeStrategy(strategy, plan));
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
  sentences.push(`Billed ${BILLED[plan.period]} (${plan.timeZone}), in ${plan.currency}.`);
  if (plan.payoutCurrency) {
    sentences.push(`Paid out in ${plan.payoutCurrency}, at the exchange rate of the period's last day.`);
  }
  if (plan.holdDays > 0) {
    sentences.push(`A bill is held until ${counted(plan.holdDays, 'day')} after the end of its period.`);
  }
  return sentences;
}

function describeStrategy(strategy: Strategy, { currency, period }: DescribedPlan): string {
  const words = (): string => {
    switch (strategy.type) {
      case 'cpl':
        return describeCpl(strategy, currency);
      case 'cpa':
        return describeCpa(strategy, currency);
      case 'sale':
        return describeSale(strategy, currency);
      case 'revshare':
        return describeRevshare(strategy, currency);
      case 'sub_affiliate':
        return describeSubAffiliates(strategy);
    }
  };
  return words() + describeCaps(strategy, currency, period);
}

/** What is paid at most, as a second sentence; nothing where there is no cap. */
function describeCaps(strategy: Strategy, currency: string, period: PeriodKind): string {
  const limits: string[] = [];
  if ('capCount' in strategy && strategy.capCount !== undefined) {
    const things = counted(strategy.capCount, strategy.type === 'sale' ? 'order' : 'player');
    limits.push(`the first ${things}`);
  }
  if (strategy.capAmountMinor !== undefined) limits.push(amountText(strategy.capAmountMinor, currency));
  return limits.length === 0 ? '' : ` At most ${limits.join(' and ')} ${PERIODS[period]}.`;
}

function feeMatters(strategy: Strategy): boolean {
  return strategy.type === 'revshare' && hasAdminFee(strategy.base);
}

function amountText(minor: bigint, currency: string): string {
  const exponent = currencyExponent(currency);
  return `${decimalText(minor, exponent, exponent)} ${currency}`;
}

function counted(count: number, thing: string): string {
  return count === 1 ? `${count} ${thing}` : `${count} ${thing}s`;
}

const NEVER_PAID = 'never for duplicate, self-excluded or disabled players';

function describeCpl({ amountMinor, countries }: CplStrategy, currency: string): string {
  const where = countries ? ` from ${countries.join(', ')}` : '';
  return `${amountText(amountMinor, currency)} for every player${where} who registers, once per player, ${NEVER_PAID}.`;
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
  if (count !== undefined) needs.push(`makes at least ${counted(count, 'deposit')}`);
  atLeast('wagers', criteria.wagerAtLeastMinor);
  const parts: string[] = [];
  if (criteria.countries) parts.push(`from ${criteria.countries.join(', ')}`);
  if (needs.length > 0) parts.push(`who ${joinWithAnd(needs)}`);
  if (needs.length > 0 && days !== undefined) parts.push(`within ${counted(days, 'day')} of sign-up`);
  return parts.join(' ');
}

function joinWithAnd(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function describeSale({ amountMinor, rateBps }: SaleStrategy, currency: string): string {
  const pay =
    rateBps === undefined
      ? `${amountText(amountMinor ?? 0n, currency)} for every approved order`
      : `${percentText(rateBps)} of every approved order`;
  return `${pay}; an order counts in the period in which it was placed.`;
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

function describeSubAffiliates({ levels, onlyWhenInviterEarned }: SubAffiliateStrategy): string {
  const shares = levels.map(({ level, rateBps }) => `${percentText(rateBps)} at level ${level}`);
  const condition = onlyWhenInviterEarned
    ? ', only for periods in which you earned commission of your own'
    : '';
  return `A share of the commission of partners whom you brought (level 1) or who came through them: ${joinWithAnd(shares)}${condition}.`;
}
