import { isUUID } from 'class-validator';
import { decodeCursor, invalidCursor } from './pagination.js';

/** Whether a part of a cursor can have come from a page; what passes must be safe to ask the database for. */
export type CursorCheck = (part: string) => boolean;

/** A cursor's part for a time in the form of `toISOString`. */
export const isCursorTime: CursorCheck = (part) => {
  const at = new Date(part);
  return !Number.isNaN(at.getTime()) && at.toISOString() === part && /^\d/.test(part);
};

/** A cursor's part for a day: YYYY-MM-DD. */
export const isCursorDay: CursorCheck = (part) => isCursorTime(`${part}T00:00:00.000Z`);

/** A cursor's part for an amount in minor units, zero or more, as its column holds it. */
export const isCursorMinor: CursorCheck = (part) => /^\d{1,19}$/.test(part) && BigInt(part) < 2n ** 63n;

/**
 * The parts of a cursor, one for each check.
 * @throws DomainError INVALID_CURSOR (400)
 */
export function partsOfCursor(cursor: string, checks: readonly CursorCheck[]): string[] {
  const parts = decodeCursor(cursor, checks.length);
  if (parts.every((part, index) => checks[index]!(part))) return parts;
  throw invalidCursor();
}

/**
 * The id in the cursor of a list that is sorted by id alone; null for the first page, which has no cursor.
 * @throws DomainError INVALID_CURSOR (400)
 */
export function idOfCursor(cursor: string): string;
export function idOfCursor(cursor: string | undefined): string | null;
export function idOfCursor(cursor: string | undefined): string | null {
  return cursor === undefined ? null : partsOfCursor(cursor, [isUUID])[0]!;
}

/**
 * The time and id in the cursor of a list that is sorted by these two; nulls for the first page.
 * @throws DomainError INVALID_CURSOR (400)
 */
export function timeAndIdOfCursor(cursor: string | undefined): [Date, string] | [null, null] {
  if (cursor === undefined) return [null, null];
  const [time, id] = partsOfCursor(cursor, [isCursorTime, isUUID]);
  return [new Date(time!), id!];
}
