import type { QueryRunner } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HostsBesideTheLogs1763000000222 } from '../../../migrations/0222-hosts-beside-the-logs.js';
import { Eraser } from '../../../src/partner-management/erasure/eraser.js';
import { body } from '../../support/journey.js';
import { type SinkServer, startSinkServer } from '../../support/sink-server.js';
import { PostbackScene } from './scene.js';
import { addWebhook } from './webhook-scene.js';

let sink: SinkServer;
let scene: PostbackScene;

beforeAll(async () => {
  sink = await startSinkServer();
  scene = await PostbackScene.open([sink.address]);
});
afterAll(() => scene.close());

/** Erases a partner's data, as if the time to think it over had passed. */
async function erase({ app }: PostbackScene, partnerId: string): Promise<void> {
  const [{ id }] = await app.db.query<[{ id: string }]>(
    `INSERT INTO partner_erasures (id, partner_id, requested_by, state, accepts_loss, requested_at, due_at)
     SELECT gen_random_uuid(), partner_id, user_id, 'pending', true, $2, $2 FROM memberships WHERE partner_id = $1
     RETURNING id`,
    [partnerId, app.clock.now()],
  );
  await app.app.get(Eraser).carryOut(id);
}

it('A09 B12 nothing is kept of a call that ends after its partner was erased', async () => {
  sink.answer('hang');
  await scene.postback(`${sink.url}/erased`);
  await scene.happen();
  await sink.waitFor(({ path }) => path === '/erased');
  await erase(scene, scene.partnerId);
  // The call ends by this.
  await sink.stop();
  await scene.engine.drain();
  const kept = await scene.app.db.query(
    `SELECT (SELECT count(*)::int FROM postback_log) AS attempts,
            (SELECT count(*)::int FROM postback_deliveries) AS deliveries`,
  );
  expect(kept).toEqual([{ attempts: 0, deliveries: 0 }]);
});

it('B12 hosts of webhooks are shown with the logs, and go with the partner', async () => {
  const server = await startSinkServer();
  const theirs = await PostbackScene.open([server.address]);
  const { partner, operator, partnerId } = theirs;
  const { db } = theirs.app;
  try {
    const { id } = await addWebhook(partner, `${server.url}/private`);
    body(await operator.post(`operator/webhooks/${id}/disable`, { comment: 'Floods us' }), 200);
    const logs = async () => {
      const own = await partner.get('partner/events?limit=2');
      const audited = await operator.get(`operator/audit-log?subjectId=${id}`);
      return [
        body<{ items: { data: object }[] }>(own, 200).items.map(({ data }) => data),
        body<{ items: object[] }>(audited, 200).items,
      ];
    };
    const shown = [
      [{ host: server.address, reason: 'Floods us' }, { host: server.address }],
      [{ before: { host: server.address }, after: { host: server.address } }],
    ];
    expect(await logs()).toMatchObject(shown);
    const kept = async () => {
      const [row] = await db.query<[{ text: string }]>(
        `SELECT (SELECT string_agg(e::text, '') FROM event_log e)
             || (SELECT string_agg(a::text, '') FROM audit_log a) AS text`,
      );
      return row.text;
    };
    expect(await kept()).not.toContain(server.address);

    // As it was written before.
    const runner = { query: theirs.app.asOwner } as unknown as QueryRunner;
    const migration = new HostsBesideTheLogs1763000000222();
    await migration.down(runner);
    expect(await kept()).toContain(server.address);
    await migration.up(runner);
    expect(await kept()).not.toContain(server.address);
    expect(await logs()).toMatchObject(shown);

    await erase(theirs, partnerId);
    const left = await db.query<{ text: string }[]>('SELECT data::text AS text FROM log_personal_data');
    expect(JSON.stringify(left)).not.toContain(server.address);
  } finally {
    await theirs.close();
    await server.stop();
  }
});
