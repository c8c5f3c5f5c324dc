import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Ids } from '../../../src/platform/index.js';
import type { Attempt } from '../../../src/postbacks/delivery/attempt.js';
import { AttemptRecorder } from '../../../src/postbacks/delivery/attempt-recorder.js';
import { DeliveryEngine } from '../../../src/postbacks/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { type SinkServer, startSinkServer } from '../../support/sink-server.js';
import { PostbackScene } from './scene.js';

describe('workers', () => {
  let scene: PostbackScene;
  let second: TestApp;
  let sinks: SinkServer[];

  beforeAll(async () => {
    sinks = await Promise.all(Array.from({ length: 4 }, () => startSinkServer()));
    const allow = sinks.map(({ address }) => address);
    scene = await PostbackScene.open(allow);
    const { url: databaseUrl } = scene.app.db.options as { url: string };
    second = await createTestApp({
      databaseUrl,
      clock: scene.app.clock,
      env: { OUTBOUND_ALLOW: allow.join(',') },
    });
  });
  afterAll(async () => {
    await second.close();
    await scene.close();
    await Promise.all(sinks.map((sink) => sink.stop()));
  });

  it('A09 two of them send each delivery once', async () => {
    for (const { url } of sinks) await scene.postback(`${url}/?id=\${event_id}`);
    const events = [];
    for (let index = 0; index < 40; index += 1) events.push(await scene.happen());
    await Promise.all([scene.engine.drain(), second.app.get(DeliveryEngine).drain()]);
    await Promise.all(sinks.map((sink) => sink.waitForCount(40)));
    await Promise.all([scene.engine.drain(), second.app.get(DeliveryEngine).drain()]);
    for (const { requests } of sinks) {
      expect(requests.map(({ query }) => query.get('id')).sort()).toEqual([...events].sort());
    }
  });

  it('A09 of two that sent the same, the first one recorded counts', async () => {
    const [sink] = sinks;
    await scene.clear();
    const { id: postbackId } = await scene.postback(`${sink!.url}/late`);
    await scene.happen();
    await Promise.all([scene.engine.drain(), second.app.get(DeliveryEngine).drain()]);
    const [row] = await scene.app.db.query<[{ id: string; eventId: string; host: string }]>(
      `SELECT id, event_id AS "eventId", $2 AS host FROM postback_deliveries WHERE postback_id = $1`,
      [postbackId, sink!.address],
    );
    // A worker that was stopped for so long that it lost its lease records at last what it had sent before.
    const now = scene.app.clock.now();
    const late: Attempt = {
      id: scene.app.app.get(Ids).next(),
      delivery: {
        ...{ ...row, postbackId, ownerId: scene.partnerId, kind: 'event', action: 'first_deposit' },
        ...{
          campaignId: null,
          promoId: null,
          method: 'GET',
          url: `${sink!.url}/late`,
          headers: {},
          headersUrl: null,
          body: null,
        },
        webhookId: null,
        secrets: null,
        attempts: 0,
        failing: false,
        version: '3',
        readAt: 0,
      },
      sentAt: now,
      endedAt: now,
      result: { status: 500, error: null, retryAfter: undefined, durationMs: 1 },
    };
    await scene.app.app.get(AttemptRecorder).record([late]);
    expect(await scene.states()).toEqual({ delivered: 1 });
    const codes = (await scene.log('?url=/late')).map(({ responseCode }) => responseCode);
    expect(codes.sort()).toEqual([200, 500]);
  });

  it('A09 a stopping one lets its calls end, records them and gives its hosts back', async () => {
    const [sink] = sinks;
    await scene.app.db.query('DELETE FROM postbacks');
    await scene.engine.drain();
    await second.close();
    const third = await createTestApp({
      databaseUrl: (scene.app.db.options as { url: string }).url,
      clock: scene.app.clock,
      env: { OUTBOUND_ALLOW: sink!.address },
    });
    sink!.answer({ status: 200, delayMs: 300 });
    await scene.postback(`${sink!.url}/stop`);
    // Whoever takes the host: both are asked to stop while the call runs.
    await scene.happen();
    await sink!.waitFor(({ path }) => path === '/stop');
    await third.close();
    await scene.engine.beforeApplicationShutdown();
    expect(await scene.states()).toEqual({ delivered: 1 });
    expect(await scene.app.db.query('SELECT FROM postback_hosts')).toEqual([]);
  });

  it('A09 a stopping one cuts a call that takes too long; it is tried again', async () => {
    const [sink] = sinks;
    sink!.answer('hang');
    // The scene's own engine has stopped: only the new one delivers.
    const worker = await createTestApp({
      databaseUrl: (scene.app.db.options as { url: string }).url,
      clock: scene.app.clock,
      env: { OUTBOUND_ALLOW: sink!.address },
    });
    await scene.app.db.query('DELETE FROM postbacks');
    await scene.postback(`${sink!.url}/cut`);
    await scene.happen();
    await sink!.waitFor(({ path }) => path === '/cut');
    await worker.close();
    const [row] = await scene.app.db.query(
      `SELECT q.attempts, l.error, h.lease_holder
         FROM postback_queue q JOIN postback_log l USING (delivery_id) JOIN postback_hosts h USING (host)`,
    );
    expect(row).toEqual({ attempts: 1, error: 'connection_lost', lease_holder: null });
  });
});
