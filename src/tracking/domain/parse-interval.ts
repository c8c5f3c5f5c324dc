import type { Fields } from './item-fault.js';
import { fault, getTime } from './read-fields.js';

/** A time that activity is reported for. */
export interface Interval {
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
const MAX_INTERVAL_MS = 366 * DAY_MS;
/** Clocks differ, and brands think in days of their own zone; what begins later than this cannot have happened. */
const MAX_AHEAD_MS = DAY_MS;

/**
 * Reads `from` and `to`.
 * @param now the present
 * @throws ItemFault for the field that is wrong
 */
export function parseInterval(fields: Fields, now: Date): Interval {
  const [from, to] = [getTime(fields, 'from'), getTime(fields, 'to')];
  if (to <= from || to.getTime() - from.getTime() > MAX_INTERVAL_MS) {
    throw fault('to', 'must be after `from`, by a year at most');
  }
  if (from.getTime() > now.getTime() + MAX_AHEAD_MS) throw fault('from', 'must not lie in the future');
  return { from, to };
}
