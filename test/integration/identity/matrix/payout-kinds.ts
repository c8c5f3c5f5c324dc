import type { Kind } from './kinds.js';
import { insert } from './scene.js';

const AT = '2026-11-01T00:00:00Z';

/** A batch without lines that waits for its approval. */
export const payoutBatch: Kind = {
  make: ({ app }, { userId }) =>
    insert(app, 'payout_batches', {
      type_code: 'paypal',
      currency: 'EUR',
      state: 'draft',
      execution_date: '2026-11-01',
      created_by: userId,
      created_at: AT,
    }),
  shared: true,
};

/** A line of a batch. */
export function payoutLineKind(cashout: Kind): Kind {
  return {
    make: async (scene, tenant, [batchId]) =>
      insert(scene.app, 'payout_lines', {
        batch_id: batchId,
        cashout_id: await cashout.make(scene, tenant, []),
        state: 'pending',
        changed_at: AT,
      }),
    shared: true,
  };
}
