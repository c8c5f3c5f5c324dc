import { isISO8601, isUUID } from 'class-validator';
import { decodeCursor, invalidCursor } from './pagination.js';

/**
 * The id in the cursor of a list that is sorted by id alone; null for the first page, which has no cursor.
 * @throws DomainError INVALID_CURSOR (400)
 */
export function idOfCursor(cursor: string): string;
export function idOfCursor(cursor: string | undefined): string | null;
export function idOfCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const [id = ''] = decodeCursor(cursor, 1);
  if (isUUID(id)) return id;
  throw invalidCursor();
}

/**
 * The time and id in the cursor of a list that is sorted by these two; nulls for the first page.
 * @throws DomainError INVALID_CURSOR (400)
 */
export function timeAndIdOfCursor(cursor: string | undefined): [Date, string] | [null, null] {
  if (cursor === undefined) return [null, null];
  const [time = '', id = ''] = decodeCursor(cursor, 2);
  if (isISO8601(time, { strict: true }) && isUUID(id)) return [new Date(time), id];
  throw invalidCursor();
}
