import type { CpaCriteria, CpaStrategy, RevshareStrategy, Strategy } from './strategy.js';

type Stored<T> = T extends bigint
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Stored<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Stored<T[Key]> }
      : T;

/** A strategy as the database keeps it: the same fields, amounts as decimal strings of minor units. */
export type StoredStrategy = Stored<CpaStrategy> | Stored<RevshareStrategy>;

const optionalText = (value: bigint | undefined): string | undefined => value?.toString();
const optionalMinor = (value: string | undefined): bigint | undefined =>
  value === undefined ? undefined : BigInt(value);

/** The strategy as JSON can hold it. */
export function storeStrategy(strategy: Strategy): StoredStrategy {
  if (strategy.type === 'revshare') {
    const tiers = strategy.tiers.map((tier) => ({ ...tier, fromMinor: tier.fromMinor.toString() }));
    return { ...strategy, tiers };
  }
  const { criteria } = strategy;
  return {
    type: 'cpa',
    amountMinor: strategy.amountMinor.toString(),
    criteria: withoutUndefined({
      ...criteria,
      firstDepositAtLeastMinor: optionalText(criteria.firstDepositAtLeastMinor),
      depositsSumAtLeastMinor: optionalText(criteria.depositsSumAtLeastMinor),
      wagerAtLeastMinor: optionalText(criteria.wagerAtLeastMinor),
    }),
  };
}

/** The strategy that `storeStrategy` stored. */
export function restoreStrategy(stored: StoredStrategy): Strategy {
  if (stored.type === 'revshare') {
    const tiers = stored.tiers.map((tier) => ({ ...tier, fromMinor: BigInt(tier.fromMinor) }));
    return { ...stored, tiers };
  }
  const { criteria } = stored;
  const restored: CpaCriteria = {
    ...criteria,
    firstDepositAtLeastMinor: optionalMinor(criteria.firstDepositAtLeastMinor),
    depositsSumAtLeastMinor: optionalMinor(criteria.depositsSumAtLeastMinor),
    wagerAtLeastMinor: optionalMinor(criteria.wagerAtLeastMinor),
  };
  return { type: 'cpa', amountMinor: BigInt(stored.amountMinor), criteria: withoutUndefined(restored) };
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;
}
