import { randomUUID } from 'node:crypto';
import type { Tx } from './unit-of-work.js';

const ROWS_AT_ONCE = 500;

/**
 * Reads a query's rows through a cursor of the transaction, a few hundred at a time: their number does not matter.
 * @param sql one SELECT
 */
export async function* readRows<T>(tx: Tx, sql: string, parameters: unknown[]): AsyncGenerator<T> {
  // A name of its own: the transaction may read other rows at the same time.
  const cursor = `"${randomUUID()}"`;
  await tx.query(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${sql}`, parameters);
  for (;;) {
    const rows = await tx.query<T[]>(`FETCH ${ROWS_AT_ONCE} FROM ${cursor}`);
    yield* rows;
    if (rows.length < ROWS_AT_ONCE) break;
  }
  await tx.query(`CLOSE ${cursor}`);
}
