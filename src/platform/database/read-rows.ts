import { randomUUID } from 'node:crypto';
import type { Tx } from './unit-of-work.js';

/** Rows may be long: so many are in memory at once. */
const ROWS_AT_ONCE = 500;

/**
 * Reads a query's rows through a cursor of the transaction, some at a time: their number does not matter.
 * @param sql one SELECT
 * @param rowsAtOnce more for short rows: each time costs a round trip
 */
export async function* readRows<T>(
  tx: Tx,
  sql: string,
  parameters: unknown[],
  rowsAtOnce = ROWS_AT_ONCE,
): AsyncGenerator<T> {
  // A name of its own: the transaction may read other rows at the same time.
  const cursor = `"${randomUUID()}"`;
  await tx.query(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${sql}`, parameters);
  for (;;) {
    const rows = await tx.query<T[]>(`FETCH ${rowsAtOnce} FROM ${cursor}`);
    yield* rows;
    if (rows.length < rowsAtOnce) break;
  }
  await tx.query(`CLOSE ${cursor}`);
}
