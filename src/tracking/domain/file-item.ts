import type { ItemFault } from './item-fault.js';

/** An item of a file of items, or why the line cannot be read as one. */
export type FileItem = FileLine & ({ readonly item: unknown } | { readonly fault: ItemFault });

interface FileLine {
  /** Where it stands, from 1; of several lines the last. */
  readonly line: number;
  /** Its size in the file. */
  readonly bytes: number;
}
