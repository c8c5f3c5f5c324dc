import { DomainError } from '../errors/domain-error.js';

/** One page of a list; `nextCursor` is null on the last one. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** Packs the sort key of a page's last row into an opaque cursor. */
export function encodeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * Unpacks a cursor of `size` parts.
 * @throws DomainError INVALID_CURSOR (400)
 */
export function decodeCursor(cursor: string, size: number): string[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(key) && key.length === size && key.every((part) => typeof part === 'string'))
      return key;
  } catch {
    // Falls through: not JSON is as wrong as the wrong shape.
  }
  throw invalidCursor();
}

/** 400 for a cursor that no page of the list gave. */
export function invalidCursor(): DomainError {
  const message = 'must be the nextCursor of the page before';
  return new DomainError('INVALID_CURSOR', 'malformed', `cursor: ${message}`, {
    errors: [{ path: 'cursor', message }],
  });
}

/**
 * Cuts `limit + 1` fetched rows into a page.
 * @param keyOf sort key of a row, as {@link decodeCursor} gives it back
 */
export function toPage<T>(rows: T[], limit: number, keyOf: (row: T) => readonly string[]): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null };
}

/** A list that is short by its nature, as its only page. */
export function wholeList<T>(items: T[]): Page<T> {
  return { items, nextCursor: null };
}

/** The page with each of its items shown another way. */
export function mapPage<T, Shown>({ items, nextCursor }: Page<T>, show: (item: T) => Shown): Page<Shown> {
  return { items: items.map((item) => show(item)), nextCursor };
}
