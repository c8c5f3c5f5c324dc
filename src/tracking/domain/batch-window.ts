import type { FileItem } from './file-item.js';

/** Items of a file that can be written as one batch. */
export interface CutBatch<Head> {
  readonly head: Head;
  readonly items: FileItem[];
}

/** As many as a batch may hold that comes as JSON. */
const MAX_BATCH_ITEMS = 5_000;
const MAX_WAITING_ITEMS = 4 * MAX_BATCH_ITEMS;
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

/**
 * Cuts a file into batches of items with the same head (as activity's intervals), in the order of the file within each
 * head. Items wait for others of their head within bounds, so that files which are not sorted by it make no batch for
 * every line.
 */
export class BatchWindow<Head> {
  private batches = new Map<string, CutBatch<Head>>();
  private items = 0;
  private bytes = 0;

  /** Takes the item in, under the key of its head; gives the batches that are to be written now. */
  add(key: string, head: Head, item: FileItem): CutBatch<Head>[] {
    const batch = this.batches.get(key) ?? { head, items: [] };
    this.batches.set(key, batch);
    batch.items.push(item);
    this.items += 1;
    this.bytes += item.bytes;
    if (this.items >= MAX_WAITING_ITEMS || this.bytes >= MAX_WAITING_BYTES) return this.rest();
    if (batch.items.length < MAX_BATCH_ITEMS) return [];
    this.batches.delete(key);
    this.items -= batch.items.length;
    for (const { bytes } of batch.items) this.bytes -= bytes;
    return [batch];
  }

  /** Gives the batches that are still waiting. */
  rest(): CutBatch<Head>[] {
    const batches = [...this.batches.values()];
    this.batches = new Map();
    this.items = 0;
    this.bytes = 0;
    return batches;
  }
}
