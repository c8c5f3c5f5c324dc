import type { Tx } from '../platform/index.js';

/** An owner's available balance. */
interface AvailableBalance {
  ownerId: string;
  currency: string;
}

/** Opens the floor of these available balances until it is closed again or the transaction ends (rule 1.4). */
export async function allowOverdrawing(tx: Tx, balances: readonly AvailableBalance[]): Promise<void> {
  await set(tx, balances.map(({ ownerId, currency }) => `${ownerId} ${currency}`).join());
}

/** From here on no balance goes below zero. */
export async function forbidOverdrawing(tx: Tx): Promise<void> {
  await set(tx, '');
}

async function set(tx: Tx, balances: string): Promise<void> {
  await tx.query(`SELECT set_config('tributary.may_overdraw', $1, true)`, [balances]);
}
