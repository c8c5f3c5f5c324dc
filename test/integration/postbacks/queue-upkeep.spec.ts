import { afterAll, beforeAll, expect, it } from 'vitest';
import { QueueUpkeep } from '../../../src/postbacks/delivery/queue-upkeep.job.js';
import { PostbackScene } from './scene.js';

let scene: PostbackScene;
let postbackId: string;

beforeAll(async () => {
  scene = await PostbackScene.open([]);
  ({ id: postbackId } = await scene.postback('http://tracker.example/'));
  // Only the program does it here.
  await scene.app.asOwner('ALTER TABLE postback_queue SET (autovacuum_enabled = off)');
});
afterAll(() => scene.close());

/** Lets so many deliveries come and go. */
async function comeAndGo(count: number): Promise<void> {
  const session = scene.app.db.createQueryRunner();
  await session.query(
    `INSERT INTO postback_queue (delivery_id, postback_id, host, attempts, next_attempt_at)
     SELECT gen_random_uuid(), $1, 'tracker.example:80', 0, 'infinity' FROM generate_series(1, $2::int)`,
    [postbackId, count],
  );
  await session.query('DELETE FROM postback_queue');
  await session.query('SELECT pg_stat_force_next_flush()');
  await session.release();
}

async function state(): Promise<{ dead: number; cleared: boolean }> {
  const [row] = await scene.app.db.query(
    `SELECT n_dead_tup::int AS dead, vacuum_count > 0 AS cleared FROM pg_stat_user_tables
      WHERE relname = 'postback_queue'`,
  );
  return row;
}

it('A09 what is left of deliveries that have gone is cleared away where it is much', async ({ skip }) => {
  const [{ version }] = await scene.app.db.query(
    `SELECT current_setting('server_version_num')::int AS version`,
  );
  skip(version < 170_000, 'Only the owner of the table may.');
  const upkeep = scene.app.app.get(QueueUpkeep);
  await comeAndGo(15_000);
  await upkeep.clearAway();
  expect(await state()).toEqual({ dead: 15_000, cleared: false });
  await comeAndGo(15_000);
  await expect
    .poll(async () => {
      await upkeep.clearAway();
      return state();
    })
    .toEqual({ dead: 0, cleared: true });
});
