import type { Tx } from '../platform/index.js';
import type { AccountName } from './domain/accounts.js';

/** Opens the floor of one available balance until it is closed again or the transaction ends (rule 1.4). */
export async function allowOverdrawing(
  tx: Tx,
  { ownerId }: Pick<AccountName, 'ownerId'>,
  currency: string,
): Promise<void> {
  await set(tx, `${ownerId} ${currency}`);
}

/** From here on no balance goes below zero. */
export async function forbidOverdrawing(tx: Tx): Promise<void> {
  await set(tx, '');
}

async function set(tx: Tx, account: string): Promise<void> {
  await tx.query(`SELECT set_config('tributary.may_overdraw', $1, true)`, [account]);
}
