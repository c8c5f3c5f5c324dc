import type { Tx } from '../../platform/index.js';
import { LIVE_LINE_STATES } from '../domain/payout-line-state.js';
import { cashoutInPayoutBatch } from './payouts.errors.js';

/**
 * Locks a cash-out, and refuses it as long as a payout batch is paying it (rule 4.6).
 * @param ownerId whose it must be; another owner's is neither locked nor looked at
 * @throws DomainError CASHOUT_IN_PAYOUT_BATCH (409)
 */
export async function refuseInPayoutBatch(tx: Tx, cashoutId: string, ownerId?: string): Promise<void> {
  const [cashout] = await tx.query<unknown[]>(
    'SELECT id FROM cashouts WHERE id = $1 AND ($2::uuid IS NULL OR owner_id = $2) FOR UPDATE',
    [cashoutId, ownerId ?? null],
  );
  if (!cashout) return;
  // Asked only after the lock: whoever groups cash-outs holds them until the batch is committed.
  const [line] = await tx.query<{ batchId: string }[]>(
    'SELECT batch_id AS "batchId" FROM payout_lines WHERE cashout_id = $1 AND state = ANY ($2)',
    [cashoutId, LIVE_LINE_STATES],
  );
  if (line) throw cashoutInPayoutBatch(line.batchId);
}
