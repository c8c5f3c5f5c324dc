/**
 * Splits a batch into rounds in which no key occurs twice: the first items of every key, then the second ones, and so
 * on. Worked through in order, an item that comes again is a repetition or correction of the one before it.
 */
export function roundsByKey<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[][] {
  const seen = new Map<string, number>();
  const rounds: Item[][] = [];
  for (const item of items) {
    const key = keyOf(item);
    const round = seen.get(key) ?? 0;
    seen.set(key, round + 1);
    (rounds[round] ??= []).push(item);
  }
  return rounds;
}
