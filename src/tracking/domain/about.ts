import { isUuid } from './read-fields.js';

/** Whom an item of a sync batch is about, as far as it can be read. */
export interface About {
  /** The visit id, in lower case. */
  readonly tag?: string;
  /** The brand's own id of the player or order. */
  readonly name?: string;
}

/** The longest that an id may be; what is longer names nothing that we know. */
const MAX_ID = 200;

/** Reads from an item that was refused whom it is about. */
export function aboutOf(item: unknown): About {
  if (typeof item !== 'object' || item === null) return {};
  const fields = item as Readonly<Record<string, unknown>>;
  const tag = idOf(fields['tag']);
  const name = idOf(fields['order_id']) ?? idOf(fields['user_id']);
  return { ...(tag !== null && isUuid(tag) && { tag: tag.toLowerCase() }), ...(name !== null && { name }) };
}

/** NUL, which the database cannot hold, is in no id. */
function idOf(value: unknown): string | null {
  const isId =
    typeof value === 'string' && value.length > 0 && value.length <= MAX_ID && value.isWellFormed();
  return isId && !value.includes('\0') ? value : null;
}
