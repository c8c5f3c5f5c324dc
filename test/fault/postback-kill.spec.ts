import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSinkServer, type SinkServer } from '../support/sink-server.js';
import { type AppProcess, spawnApp } from '../support/process.js';
import { PostbackScene } from '../integration/postbacks/scene.js';

describe('A09 a worker that is killed after sending and before recording', () => {
  let scene: PostbackScene;
  let sink: SinkServer;
  const workers: AppProcess[] = [];

  const startWorker = async (env: Record<string, string> = {}): Promise<AppProcess> => {
    const { url } = scene.app.db.options as { url: string };
    const worker = await spawnApp({
      DATABASE_URL: url,
      ROLE: 'worker',
      OUTBOUND_ALLOW: sink.address,
      ...env,
    });
    workers.push(worker);
    return worker;
  };

  /** Event ids of the attempts that were recorded as answered. */
  const logged = async (): Promise<string[]> => {
    const rows = await scene.app.db.query<{ id: string }[]>(
      'SELECT event_id AS id FROM postback_log WHERE attempt = 1 AND response_code = 200',
    );
    return rows.map(({ id }) => id);
  };

  beforeAll(async () => {
    sink = await startSinkServer();
    // Configures and tells of events; the processes deliver.
    scene = await PostbackScene.open([sink.address], { ROLE: 'web' });
  });
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.kill('SIGKILL')));
    await scene.close();
    await sink.stop();
  });

  it('leaves what is not recorded to the next one, who sends it again under the same event ids', async () => {
    await scene.postback(`${sink.url}/?id=\${event_id}`);
    const first = await startWorker();
    // The first ones are taken, and maybe recorded; then the worker dies with calls on their way.
    sink.answer(() => {
      if (sink.requests.length < 12) return { status: 200 };
      void first.kill('SIGKILL');
      return 'hang';
    });
    await scene.happenTimes(40);
    await first.exited;
    const sentBefore = sink.requests.length;
    const recordedBefore = (await logged()).length;
    expect(recordedBefore).toBeLessThan(sentBefore);
    sink.answer({ status: 200 });
    // The dead worker's lease ends after a minute.
    await startWorker({ TRIBUTARY_CLOCK_OFFSET: 'PT2M' });
    await sink.waitForCount(sentBefore + 40 - recordedBefore, 30_000);
    await workers[1]!.kill('SIGTERM');
    const events = await scene.app.db.query<{ id: string }[]>(
      `SELECT event_id AS id FROM postback_deliveries d
        WHERE given_up IS NULL AND NOT EXISTS (SELECT FROM postback_queue WHERE delivery_id = d.id)`,
    );
    const known = events.map(({ id }) => id).sort();
    expect(known).toHaveLength(40);
    expect((await logged()).sort()).toEqual(known);
    // Nothing but what was not recorded went out twice.
    expect(sink.requests).toHaveLength(sentBefore + 40 - recordedBefore);
    expect([...new Set(sink.requests.map(({ query }) => query.get('id')))].sort()).toEqual(known);
  });
});
