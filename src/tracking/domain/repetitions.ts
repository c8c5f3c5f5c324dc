import { isDeepStrictEqual } from 'node:util';
import type { Refusal } from './item-fault.js';

interface Entry<Item> {
  readonly index: number;
  readonly item: Item;
}

/** The items of a batch with those set apart that need no work of their own. */
export interface Condensed<Item> {
  readonly entries: readonly Entry<Item>[];
  /** Items that say what the one before them of their key says: their places, and the place of that one. */
  readonly repeats: ReadonlyMap<number, number>;
  readonly refusals: readonly Refusal[];
}

/** So many different versions of one thing may stand in one batch; each of them is a round of its own. */
const MAX_VERSIONS = 10;

/**
 * Bounds what one thing that stands in a batch again and again can cost: repetitions are set apart, and versions beyond
 * the tenth are refused.
 * @param name the field that the key comes from, for the refusal
 */
export function condense<Item>(
  all: readonly Entry<Item>[],
  name: string,
  keyOf: (item: Item) => string,
): Condensed<Item> {
  const versions = new Map<string, { last: Entry<Item>; count: number }>();
  const entries: Entry<Item>[] = [];
  const repeats = new Map<number, number>();
  const refusals: Refusal[] = [];
  for (const entry of all) {
    const key = keyOf(entry.item);
    const before = versions.get(key);
    if (before && isDeepStrictEqual(before.last.item, entry.item)) {
      repeats.set(entry.index, before.last.index);
    } else if (before && before.count === MAX_VERSIONS) {
      const message = `${name}: '${key}' stands in the batch with more than ${MAX_VERSIONS} different contents; send the rest apart`;
      refusals.push({ index: entry.index, code: 'TOO_MANY_VERSIONS', message });
    } else {
      entries.push(entry);
      versions.set(key, { last: entry, count: (before?.count ?? 0) + 1 });
    }
  }
  return { entries, repeats, refusals };
}

/**
 * Notes what became of the repetitions: a repetition of what was taken is a duplicate, of what was refused is refused
 * like it; it is answered with the same tag.
 */
export function settleRepeats(
  repeats: ReadonlyMap<number, number>,
  {
    statuses,
    refusals,
    tags,
  }: { statuses: Map<number, string>; refusals: Refusal[]; tags?: Map<number, string> },
): void {
  if (repeats.size === 0) return;
  const refused = new Map(refusals.map((refusal) => [refusal.index, refusal]));
  for (const [index, of] of repeats) {
    const refusal = refused.get(of);
    if (refusal) refusals.push({ ...refusal, index });
    else statuses.set(index, 'duplicate');
    const tag = tags?.get(of);
    if (tag !== undefined) tags!.set(index, tag);
  }
}
