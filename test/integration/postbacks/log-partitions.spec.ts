import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogPartitions } from '../../../src/postbacks/log-partitions.js';
import { type SinkServer, startSinkServer } from '../../support/sink-server.js';
import { PostbackScene } from './scene.js';

const DAY = 86_400;

describe('A10 the log is kept for 90 days', () => {
  let scene: PostbackScene;
  let sink: SinkServer;

  beforeAll(async () => {
    sink = await startSinkServer();
    scene = await PostbackScene.open([sink.address]);
  });
  afterAll(async () => {
    await scene.close();
    await sink.stop();
  });

  it('in day partitions that are made ahead and removed by a job', async () => {
    const upkeep = scene.app.app.get(LogPartitions);
    const days = async () => {
      const rows = await scene.app.db.query<{ day: string }[]>(
        `SELECT inhrelid::regclass::text AS day FROM pg_inherits WHERE inhparent = 'postback_log'::regclass ORDER BY 1`,
      );
      return rows.map(({ day }) => day.slice(-8));
    };
    expect(await days()).toEqual(['20261102', '20261103', '20261104']);
    await scene.postback(`${sink.url}/kept`);
    await scene.happen();
    await scene.engine.drain();
    // Later than any partition that was made ahead: the recorder makes the one that it needs.
    scene.app.clock.advance(30 * DAY);
    await scene.happen();
    await scene.engine.drain();
    expect(await scene.log('?url=/kept')).toHaveLength(2);
    scene.app.clock.advance(60 * DAY);
    await upkeep.maintain();
    expect(await scene.log('?url=/kept')).toHaveLength(2);
    scene.app.clock.advance(DAY);
    await upkeep.maintain();
    expect(await scene.log('?url=/kept')).toHaveLength(1);
    expect(await days()).not.toContain('20261102');
    scene.app.clock.advance(5 * DAY);
    await upkeep.maintain();
    const [row] = await scene.app.db.query('SELECT count(*)::int AS left FROM postback_deliveries');
    expect(row).toEqual({ left: 1 });
  });
});
