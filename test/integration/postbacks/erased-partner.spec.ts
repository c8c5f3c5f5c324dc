import { afterAll, beforeAll, expect, it } from 'vitest';
import { Eraser } from '../../../src/partner-management/erasure/eraser.js';
import { type SinkServer, startSinkServer } from '../../support/sink-server.js';
import { PostbackScene } from './scene.js';

let sink: SinkServer;
let scene: PostbackScene;

beforeAll(async () => {
  sink = await startSinkServer();
  scene = await PostbackScene.open([sink.address]);
});
afterAll(() => scene.close());

/** Erases a partner's data, as if the time to think it over had passed. */
async function erase(partnerId: string): Promise<void> {
  const [{ id }] = await scene.app.db.query<[{ id: string }]>(
    `INSERT INTO partner_erasures (id, partner_id, requested_by, state, accepts_loss, requested_at, due_at)
     SELECT uuidv7(), partner_id, user_id, 'pending', true, $2, $2 FROM memberships WHERE partner_id = $1
     RETURNING id`,
    [partnerId, scene.app.clock.now()],
  );
  await scene.app.app.get(Eraser).carryOut(id);
}

it('A09 B12 nothing is kept of a call that ends after its partner was erased', async () => {
  sink.answer('hang');
  await scene.postback(`${sink.url}/erased`);
  await scene.happen();
  await sink.waitFor(({ path }) => path === '/erased');
  await erase(scene.partnerId);
  // The call ends by this.
  await sink.stop();
  await scene.engine.drain();
  const kept = await scene.app.db.query(
    `SELECT (SELECT count(*)::int FROM postback_log) AS attempts,
            (SELECT count(*)::int FROM postback_deliveries) AS deliveries`,
  );
  expect(kept).toEqual([{ attempts: 0, deliveries: 0 }]);
});
