import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../../../src/platform/index.js';
import { FirePostbacks } from '../../../src/postbacks/fire-postbacks.service.js';
import { body } from '../../support/journey.js';
import { type SinkServer, startSinkServer } from '../../support/sink-server.js';
import { PostbackScene } from './scene.js';

const ALIVE = 8;

describe('A09 a dead host', () => {
  let scene: PostbackScene;
  let hanging: SinkServer;
  let down: SinkServer;
  let alive: SinkServer[];

  const attempts = async (path: string): Promise<number> =>
    (await scene.log(`?url=${path}&limit=100`)).length;
  const states = () => scene.states();

  beforeAll(async () => {
    [hanging, down] = await Promise.all([startSinkServer(), startSinkServer()]);
    alive = await Promise.all(Array.from({ length: ALIVE }, () => startSinkServer()));
    const all = [hanging, down, ...alive];
    scene = await PostbackScene.open(all.map(({ address }) => address));
    hanging.answer('hang');
    await down.stop();
  });
  afterEach(() => scene.clear());
  afterAll(async () => {
    await scene.close();
    await Promise.all(alive.map((sink) => sink.stop()));
  });

  it('is not tried for every delivery that waits: it rests, longer each time, and gets one call then', async () => {
    const { id } = await scene.postback(`${down.url}/down?id=\${event_id}`);
    await scene.happenTimes(150);
    await scene.engine.drain();
    expect(await attempts('/down')).toBe(4);
    for (const [rest, made] of [
      [4.9, 4],
      [0.2, 5],
      [9.8, 5],
      [0.3, 6],
      [20.1, 7],
    ] as const) {
      // prettier-ignore
      await scene.after(rest);
      expect(await attempts('/down')).toBe(made);
    }
    // Nothing is lost, nobody disabled; more of the same does not end the rest.
    expect(await scene.show(id)).toMatchObject({ state: 'active', failures: 7 });
    await scene.happenTimes(10);
    await scene.engine.drain();
    expect(await attempts('/down')).toBe(7);
    down = await startSinkServer(down.port);
    await scene.after(40.1);
    // All that were never tried, and whatever of the tried ones is due again.
    expect(down.requests.length).toBeGreaterThanOrEqual(153);
    await scene.after(10 * 60);
    expect(await states()).toEqual({ delivered: 160 });
    expect(new Set(down.requests.map(({ query }) => query.get('id'))).size).toBe(160);
    expect(await scene.show(id)).toMatchObject({ state: 'active', failures: 0 });
    await down.stop();
  });

  it('is called at once when somebody asks for a test, and goes on when it answers', async () => {
    const { id } = await scene.postback(`${down.url}/mended`);
    await scene.happenTimes(20);
    await scene.engine.drain();
    expect(await states()).toEqual({ pending: 20 });
    down = await startSinkServer(down.port);
    await scene.engine.drain();
    expect(down.requests).toHaveLength(0);
    const told = body<{ result: object }>(await scene.partner.post(`partner/postbacks/${id}/test`), 200);
    expect(told.result).toMatchObject({ responseCode: 200, error: null });
    await scene.engine.drain();
    expect(down.requests.length).toBeGreaterThanOrEqual(17);
    await down.stop();
  });

  it('delays nobody: 1,000 deliveries to others arrive while its calls are still waited for', async () => {
    await scene.postback(`${hanging.url}/hangs`, { action: 'deposit' });
    await scene.postback(`${down.url}/refuses`, { action: 'deposit' });
    await scene.happenTimes(125, { action: 'deposit' });
    await hanging.waitForCount(4);
    for (const { url } of alive) await scene.postback(`${url}/?id=\${event_id}`);
    const eventIds = Array.from({ length: 125 }, () => randomUUID());
    const actions = eventIds.flatMap((eventId) => [
      scene.actionOf({ eventId }),
      scene.actionOf({ action: 'deposit' }),
    ]);
    const fire = scene.app.app.get(FirePostbacks);
    const { brandId } = scene.program;
    await scene.app.app.get(UnitOfWork).run((tx) => fire.fire(tx, { brandId, actions }));
    const received = await Promise.all(alive.map((sink) => sink.waitForCount(125)));
    for (const requests of received) {
      expect(requests.map(({ query }) => query.get('id')).sort()).toEqual([...eventIds].sort());
    }
    expect(hanging.requests).toHaveLength(4);
    expect(await attempts('/hangs')).toBe(0);
    await hanging.stop();
  });
});
