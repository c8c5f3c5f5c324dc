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

/**
 * Reads `from` and `to`.
 * @throws ItemFault for the field that is wrong
 */
export function parseInterval(fields: Fields): Interval {
  const [from, to] = [getTime(fields, 'from'), getTime(fields, 'to')];
  if (to <= from || to.getTime() - from.getTime() > MAX_INTERVAL_MS) {
    throw fault('to', 'must be after `from`, by a year at most');
  }
  return { from, to };
}
