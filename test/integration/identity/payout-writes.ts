import { body } from '../../support/journey.js';
import type { Program, Write } from './operator-writes.js';

const BATCHES = 'operator/payout-batches';

type State = 'draft' | 'approved' | 'sent';

/** A batch of one cash-out; its maker is made somebody else where the operator is to approve it. */
async function batch(program: Program, state: State): Promise<{ id: string; lineId: string }> {
  const { id: cashoutId } = await program.wallet.withdraw('20.00');
  const id = await program.make(BATCHES, {
    paymentMethodType: 'paypal',
    currency: 'EUR',
    cashoutIds: [cashoutId],
  });
  const { db } = program.app;
  await db.query(
    `UPDATE payout_batches SET created_by = $2, state = $3,
            approved_by = CASE WHEN $3 <> 'draft' THEN created_by END,
            approved_at = CASE WHEN $3 <> 'draft' THEN created_at END WHERE id = $1`,
    [id, program.wallet.userId, state],
  );
  if (state === 'sent') await db.query(`UPDATE payout_lines SET state = 'sent' WHERE batch_id = $1`, [id]);
  const { items } = body<{ items: [{ id: string }] }>(
    await program.operator.get(`${BATCHES}/${id}/lines`),
    200,
  );
  return { id, lineId: items[0].id };
}

const change =
  (action: string, state: State) =>
  async (program: Program): Promise<Write> => ({
    path: `${BATCHES}/${(await batch(program, state)).id}/${action}`,
  });

/** A call that succeeds for every route by which payout batches are written. */
export const payoutWrites: Readonly<Record<string, (program: Program) => Promise<Write>>> = {
  'POST /api/v1/operator/payout-batches': async ({ wallet }) => ({
    path: BATCHES,
    payload: {
      paymentMethodType: 'paypal',
      currency: 'EUR',
      cashoutIds: [(await wallet.withdraw('20.00')).id],
    },
  }),
  'POST /api/v1/operator/payout-batches/{id}/approve': change('approve', 'draft'),
  'POST /api/v1/operator/payout-batches/{id}/cancel': change('cancel', 'draft'),
  'POST /api/v1/operator/payout-batches/{id}/export': change('export', 'approved'),
  'POST /api/v1/operator/payout-batches/{id}/hand-over': change('hand-over', 'approved'),
  'POST /api/v1/operator/payout-batches/{id}/lines/{lineId}/mark': async (program) => {
    const { id, lineId } = await batch(program, 'sent');
    return { path: `${BATCHES}/${id}/lines/${lineId}/mark`, payload: { outcome: 'succeeded' } };
  },
  'POST /api/v1/operator/payout-batches/{id}/results': async (program) => {
    const { id, lineId } = await batch(program, 'sent');
    const content = Buffer.from(`line_id,outcome,reason\n${lineId},success,\n`);
    return { path: `${BATCHES}/${id}/results`, file: { content, fileName: 'results.csv' } };
  },
};
