import type { Refusal } from './item-fault.js';

export type ItemStatus = 'accepted' | 'duplicate' | 'corrected' | 'rejected';

/** What became of an item that was not plainly accepted. */
export interface ItemReport {
  readonly index: number;
  readonly status: ItemStatus;
  /** Of items without a tag: what to name the player by from now on. */
  readonly tag?: string;
  readonly code?: string;
  readonly message?: string;
}

/** What became of a batch (rules §2.3). */
export interface BatchReport {
  readonly accepted: number;
  readonly duplicate: number;
  readonly corrected: number;
  readonly rejected: number;
  /** All items that were not plainly accepted, in the order of the batch; one that is answered with a tag was not. */
  readonly items: readonly ItemReport[];
}

/**
 * Adds up what became of the items, each under its place in the batch.
 * @param tags of the items that are answered with one
 */
export function batchReport(
  statuses: ReadonlyMap<number, 'accepted' | 'duplicate' | 'corrected'>,
  refusals: readonly Refusal[],
  tags: ReadonlyMap<number, string> = new Map(),
): BatchReport {
  const counts = { accepted: 0, duplicate: 0, corrected: 0, rejected: refusals.length };
  const items: ItemReport[] = refusals.map((refusal) => ({ ...refusal, status: 'rejected' }));
  for (const [index, status] of statuses) {
    counts[status] += 1;
    const tag = tags.get(index);
    if (status !== 'accepted' || tag !== undefined)
      items.push({ index, status, ...(tag !== undefined && { tag }) });
  }
  return { ...counts, items: items.sort((a, b) => a.index - b.index) };
}
