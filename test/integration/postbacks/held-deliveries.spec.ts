import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EventLog } from '../../../src/identity/index.js';
import { Ids, UnitOfWork } from '../../../src/platform/index.js';
import { body } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { type SinkServer, startSinkServer } from '../../support/sink-server.js';
import { PostbackScene } from './scene.js';
import { addWebhook, attemptsOf, verified } from './webhook-scene.js';

const EVENTS = 12;
const RUNNING = 4;

describe('what a worker holds ready for a slow host', () => {
  let scene: PostbackScene;
  /** One for each test. */
  let sinks: SinkServer[];
  let sink: SinkServer;
  let other: SinkServer;
  /** Lets the slow host answer. */
  let release: () => void;

  const change = async (id: string, fields: object): Promise<void> => {
    body(await scene.partner.patch(`partner/postbacks/${id}`, fields), 200);
  };
  const held = async (change: object = {}): Promise<string> => {
    const { id } = await scene.postback(`${sink.url}/slow?e=\${event_id}`, change);
    await scene.happenTimes(EVENTS);
    await sink.waitForCount(RUNNING);
    return id;
  };
  const heldByWebhook = async (): Promise<string> => {
    const { id } = await addWebhook(scene.partner, `${sink.url}/old`);
    const { app } = scene.app;
    await app.get(UnitOfWork).run(async (tx) => {
      for (let count = 0; count < EVENTS; count += 1) {
        await app.get(EventLog).record(tx, null, {
          ...{ type: 'bill_approved', partnerId: scene.partnerId, subjectId: app.get(Ids).next() },
          data: { amount: { amount: '1.00', currency: 'EUR' } },
        });
      }
    });
    await outboxDelivered(scene.app);
    await sink.waitForCount(RUNNING);
    return id;
  };
  const end = async (): Promise<void> => {
    release();
    await scene.engine.drain();
  };

  beforeAll(async () => {
    sinks = await Promise.all(Array.from({ length: 7 }, () => startSinkServer()));
    other = await startSinkServer();
    scene = await PostbackScene.open([...sinks, other].map(({ address }) => address));
  });
  beforeEach(() => {
    sink = sinks.pop()!;
    const until = new Promise<void>((resolve) => (release = resolve));
    sink.answer({ status: 200, until });
  });
  afterEach(async () => {
    release();
    await sink.stop();
    await scene.app.db.query('DELETE FROM webhook_endpoints');
    await scene.clear();
  });
  afterAll(async () => {
    await scene.close();
    await other.stop();
  });

  it('B04 is not sent once the postback is disabled; what ran is delivered when it is answered', async () => {
    const id = await held();
    await change(id, { state: 'disabled' });
    expect(await scene.states()).toEqual({ cancelled: EVENTS });
    await end();
    expect(sink.requests).toHaveLength(RUNNING);
    expect(await scene.states()).toEqual({ delivered: RUNNING, cancelled: EVENTS - RUNNING });
  });

  it('B04 is not sent once the postback is deleted', async () => {
    const id = await held();
    body(await scene.partner.delete(`partner/postbacks/${id}`), 204);
    await end();
    expect(sink.requests).toHaveLength(RUNNING);
    expect(await scene.log(`?url=${sink.address}`)).toHaveLength(RUNNING);
  });

  it('B04 goes out with the headers that the postback has by then', async () => {
    const id = await held({ headers: { 'x-key': 'old' } });
    await change(id, { headers: { 'x-key': 'new' } });
    await end();
    const keys = sink.requests.map(({ headers }) => headers['x-key']);
    expect(keys.filter((key) => key === 'old')).toHaveLength(RUNNING);
    expect(keys.filter((key) => key === 'new')).toHaveLength(EVENTS - RUNNING);
  });

  it('B05 is not sent once an operator has disabled the webhook', async () => {
    const id = await heldByWebhook();
    const told = { comment: 'It answers nobody.' };
    body(await scene.operator.post(`operator/webhooks/${id}/disable`, told), 200);
    await end();
    expect(sink.requests).toHaveLength(RUNNING);
  });

  it('B05 goes to the new address of the webhook, and the log says what went where', async () => {
    const id = await heldByWebhook();
    body(await scene.partner.patch(`partner/webhooks/${id}`, { url: `${other.url}/new` }), 200);
    await end();
    expect(sink.requests).toHaveLength(RUNNING);
    const ids = ({ requests }: SinkServer) => requests.map(({ headers }) => headers['webhook-id']);
    // Also what was on its way to the old one: nobody knew yet whether it would arrive.
    expect(new Set(ids(other))).toHaveProperty('size', EVENTS);
    expect(ids(other)).toEqual(expect.arrayContaining(ids(sink)));
    const logged = await scene.app.db.query<{ url: string; count: number }[]>(
      'SELECT url, count(*)::int AS count FROM postback_log WHERE webhook_id = $1 GROUP BY url',
      [id],
    );
    expect(Object.fromEntries(logged.map(({ url, count }) => [new URL(url).pathname, count]))).toEqual({
      '/old': RUNNING,
      '/new': EVENTS,
    });
    expect(await attemptsOf(scene.partner, id)).toHaveLength(EVENTS + RUNNING);
  });

  it('B05 is signed with the secret that the webhook has by then', async () => {
    const id = await heldByWebhook();
    const rotated = await scene.partner.post(`partner/webhooks/${id}/secret/rotate`, { overlapHours: 0 });
    const { secret } = body<{ secret: string }>(rotated, 200);
    await end();
    const later = sink.requests.slice(RUNNING);
    expect(later).toHaveLength(EVENTS - RUNNING);
    for (const request of later) expect(verified(scene, secret, request)).toBeDefined();
  });

  it('A09 leaves room at the host for others when its receiver does not answer', async () => {
    sink.answer(({ path }) => (path === '/hangs' ? 'hang' : { status: 200 }));
    const { id } = await scene.postback(`${sink.url}/hangs`, { action: 'deposit' });
    await scene.app.db.query('UPDATE postbacks SET failures = 1, failing_since = now() WHERE id = $1', [id]);
    await scene.happenTimes(EVENTS, { action: 'deposit' });
    await sink.waitForCount(1);
    await scene.postback(`${sink.url}/works`);
    await scene.happenTimes(EVENTS);
    await sink.waitForCount(1 + EVENTS);
    expect(sink.requests.filter(({ path }) => path === '/hangs')).toHaveLength(1);
  });
});
