import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { body } from '../../support/journey.js';
import { waitingForLock } from '../../support/locks.js';
import { codeOf } from '../identity/scene.js';
import { PayoutScene } from './payout-scene.js';

let scene: PayoutScene;
beforeAll(async () => {
  scene = await PayoutScene.open();
});
beforeEach(() => scene.refresh());
afterAll(() => scene.app.close());

/** A batch that was paid, with a file that says so. */
async function paid(): Promise<{ id: string; file: string }> {
  const { id } = await scene.exported(await scene.cashouts(2, 'bank_transfer'), 'bank_transfer');
  const rows = (await scene.lines(id)).map((line) => `${line.id},success,\n`);
  return { id, file: `line_id,outcome,reason\n${rows.join('')}` };
}

describe('B06 B09 results of payouts', () => {
  it('need an Idempotency-Key, which replays the answer and takes no other file', async () => {
    const { id, file } = await paid();
    expect(codeOf(await scene.import(id, file, ''))).toBe('400 IDEMPOTENCY_KEY_REQUIRED');
    const first = await scene.import(id, file, 'k1');
    expect(body(first, 200)).toMatchObject({ recorded: 2, unchanged: 0 });
    const second = await scene.import(id, file, 'k1');
    expect([second.status, second.headers['idempotent-replayed']]).toEqual([200, 'true']);
    expect(second.text).toBe(first.text);
    expect(codeOf(await scene.import(id, `${file}\n`, 'k1'))).toBe('422 IDEMPOTENCY_KEY_REUSED');
    expect(body(await scene.import(id, file, 'k2'), 200)).toMatchObject({ recorded: 0, unchanged: 2 });
  });

  it('are being recorded under one key as long as the first request runs', async () => {
    const { id, file } = await paid();
    const { db } = scene.app;
    const first = await db.transaction(async (tx) => {
      await tx.query('SELECT FROM payout_batches WHERE id = $1 FOR UPDATE', [id]);
      const asked = scene.import(id, file, 'k3');
      await waitingForLock(scene.app);
      expect(codeOf(await scene.import(id, file, 'k3'))).toBe('409 IDEMPOTENCY_KEY_IN_USE');
      return { asked };
    });
    expect(body(await first.asked, 200)).toMatchObject({ recorded: 2 });
  });

  it('may be sent again under a key whose request failed', async () => {
    const { id, file } = await paid();
    expect(codeOf(await scene.import(id, 'no such thing', 'k4'))).toBe('422 INVALID_PAYOUT_RESULTS');
    expect(body(await scene.import(id, file, 'k4'), 200)).toMatchObject({ recorded: 2 });
  });
});
