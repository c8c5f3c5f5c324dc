import type { Tx } from '../../platform/index.js';
import { getAdRow } from './ad-rows.js';
import { adStateConflict } from './ads.errors.js';
import { type AdAction, adStateAfter } from './domain/ad-state.js';

const DONE: Readonly<Record<AdAction, string>> = {
  submit: 'submitted',
  withdraw: 'taken back',
  approve: 'approved',
  reject: 'rejected',
  takeDown: 'taken down',
  change: 'changed',
  archive: 'archived',
};

interface AdMove {
  /** Whose it must be; null for operators. */
  partnerId: string | null;
  id: string;
  action: AdAction;
  /** What the partner is told of a rejected ad. */
  reason?: string;
  now: Date;
}

/**
 * Moves an ad to where the action leads from its state; whoever comes second gets 409.
 * @throws DomainError NOT_FOUND, AD_STATE_CONFLICT (409)
 */
export async function moveAd(tx: Tx, { partnerId, id, action, reason, now }: AdMove): Promise<void> {
  const { state } = await getAdRow(tx, partnerId, id);
  const to = adStateAfter(state, action);
  if (!to) throw adStateConflict(state, DONE[action]);
  const [, moved] = await tx.query<[unknown[], number]>(
    'UPDATE ads SET state = $3, reason = $4, updated_at = $5 WHERE id = $1 AND state = $2',
    [id, state, to, reason ?? null, now],
  );
  if (moved === 0) throw adStateConflict(state, DONE[action]);
}
