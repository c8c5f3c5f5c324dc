import {
  type ActivityColumn,
  type ColumnGroup,
  columnGroups,
  columnsOfMeasure,
  type PlanTerms,
  type Strategy,
} from '../commissions/index.js';
import type { QualifyingEvents } from '../tracking/index.js';

/** Of all terms that pay the periods. */
export function strategiesOf(periods: readonly { readonly terms: PlanTerms }[]): Strategy[] {
  return [...new Set(periods.map(({ terms }) => terms))].flatMap(({ strategies }) => strategies);
}

type Criteria = Extract<Strategy, { type: 'cpa' }>['criteria'];

/** The columns of activity that the strategies look at. */
export function neededColumns(strategies: readonly Strategy[]): ActivityColumn[] {
  const columns = strategies.flatMap((strategy) =>
    strategy.type === 'revshare' ? columnsOfMeasure(strategy.base) : [],
  );
  return [...new Set(columns)];
}

/** The same, those together that every one of the strategies counts alike. */
export function neededGroups(strategies: readonly Strategy[]): ColumnGroup[] {
  return columnGroups(
    strategies.flatMap((strategy) => (strategy.type === 'revshare' ? [strategy.base] : [])),
  );
}

/** What a player's qualification may depend on; null when the strategies pay no players who qualify. */
export function neededEvents(strategies: readonly Strategy[]): QualifyingEvents | null {
  const criteria = strategies.flatMap((strategy) => (strategy.type === 'cpa' ? [strategy.criteria] : []));
  if (criteria.length === 0) return null;
  return {
    deposits: criteria.some(
      ({ firstDepositAtLeastMinor, depositsSumAtLeastMinor, depositsCountAtLeast }) =>
        (firstDepositAtLeastMinor ?? depositsSumAtLeastMinor ?? depositsCountAtLeast) !== undefined,
    ),
    wager: criteria.some(({ wagerAtLeastMinor }) => wagerAtLeastMinor !== undefined),
    depositsAtLeastMinor: criteria.map(leastDeposits).reduce((least, one) => (one < least ? one : least)),
  };
}

/** Nobody qualifies whose deposits come to less: the first of them is part of their sum. */
function leastDeposits({ firstDepositAtLeastMinor, depositsSumAtLeastMinor }: Criteria): bigint {
  const [first, sum] = [firstDepositAtLeastMinor ?? 0n, depositsSumAtLeastMinor ?? 0n];
  return first > sum ? first : sum;
}

/** Whether one of the strategies is of that type. */
export function pays(strategies: readonly Strategy[], type: Strategy['type']): boolean {
  return strategies.some((strategy) => strategy.type === type);
}
