import type { Strategy } from './strategy.js';

type Stored<T> = T extends bigint
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Stored<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Stored<T[Key]> }
      : T;

type StoredOf<T> = T extends Strategy ? Stored<T> : never;

/** A strategy as the database keeps it: the same fields, amounts as decimal strings of minor units. */
export type StoredStrategy = StoredOf<Strategy>;

/** The strategy as JSON can hold it. */
export function storeStrategy(strategy: Strategy): StoredStrategy {
  const text = JSON.stringify(strategy, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  return JSON.parse(text) as StoredStrategy;
}

/** The strategy that `storeStrategy` stored; amounts are told by their names, which end in `Minor`. */
export function restoreStrategy(stored: StoredStrategy): Strategy {
  return JSON.parse(JSON.stringify(stored), (key, value: unknown) =>
    key.endsWith('Minor') ? BigInt(value as string) : value,
  ) as Strategy;
}
