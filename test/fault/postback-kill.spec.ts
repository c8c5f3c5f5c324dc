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

  it('leaves the postback to the next one, who sends it again under the same event id', async () => {
    await scene.postback(`${sink.url}/?id=\${event_id}`);
    const first = await startWorker();
    sink.answer(() => {
      void first.kill('SIGKILL');
      return 'hang';
    });
    const eventId = await scene.happen();
    await sink.waitForCount(1);
    await first.exited;
    sink.answer({ status: 200 });
    // The dead worker's lease ends after a minute.
    await startWorker({ TRIBUTARY_CLOCK_OFFSET: 'PT2M' });
    await sink.waitForCount(2, 30_000);
    expect(sink.requests.map(({ query }) => query.get('id'))).toEqual([eventId, eventId]);
    await workers[1]!.kill('SIGTERM');
    const log = await scene.app.db.query('SELECT event_id, attempt, response_code FROM postback_log');
    expect(log).toEqual([{ event_id: eventId, attempt: 1, response_code: 200 }]);
    expect(sink.requests).toHaveLength(2);
  });
});
