/** Why one item of a sync batch is refused; the others are not concerned. */
export class ItemFault extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'ItemFault';
  }
}

/** A refused item: its place in the batch, a stable code, and a message that names the field. */
export interface Refusal {
  readonly index: number;
  readonly code: string;
  readonly message: string;
}

/** The items of a batch that can be read, with their places, and the refusals of the others. */
export interface ParsedBatch<Item> {
  readonly items: readonly { readonly index: number; readonly item: Item }[];
  readonly refusals: readonly Refusal[];
}

/** Reads each item by itself: one that cannot be read never loses the others (rules §2.3). */
export function parseEach<Item>(raw: readonly unknown[], parse: (fields: Fields) => Item): ParsedBatch<Item> {
  const items: { index: number; item: Item }[] = [];
  const refusals: Refusal[] = [];
  raw.forEach((value, index) => {
    try {
      items.push({ index, item: parse(fieldsOf(value)) });
    } catch (error) {
      if (!(error instanceof ItemFault)) throw error;
      refusals.push({ index, code: error.code, message: error.message });
    }
  });
  return { items, refusals };
}

export type Fields = Readonly<Record<string, unknown>>;

/**
 * The fields of an item.
 * @throws ItemFault when it is no object
 */
export function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ItemFault('INVALID_ITEM', 'The item must be an object');
  }
  return value as Fields;
}
