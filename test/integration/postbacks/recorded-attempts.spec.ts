import { afterAll, beforeAll, expect, it } from 'vitest';
import { Ids, UnitOfWork } from '../../../src/platform/index.js';
import type { Attempt } from '../../../src/postbacks/delivery/attempt.js';
import { AttemptRecorder } from '../../../src/postbacks/delivery/attempt-recorder.js';
import { DueDeliveries } from '../../../src/postbacks/delivery/due-deliveries.js';
import { FirePostbacks } from '../../../src/postbacks/fire-postbacks.service.js';
import { PostbackScene } from './scene.js';

const HOST = 'tracker.example:80';
const WAITING = 60;
const POOL_SIZE = 4;
/** Of those that were attempted. */
const ANSWERS = [200, 500];

let scene: PostbackScene;

/** Rows of the queue that were read one after the other, by every session of the application. */
async function readThrough(): Promise<number> {
  const { db } = scene.app;
  const sessions = Array.from({ length: POOL_SIZE }, () => db.createQueryRunner());
  for (const session of sessions) await session.query('SELECT pg_stat_force_next_flush()');
  for (const session of sessions) await session.release();
  const [row] = await db.query(
    `SELECT seq_tup_read::int AS rows FROM pg_stat_user_tables WHERE relname = 'postback_queue'`,
  );
  return row.rows;
}

beforeAll(async () => {
  // Nothing is sent here.
  scene = await PostbackScene.open([], { ROLE: 'web', DATABASE_POOL_SIZE: String(POOL_SIZE) });
  await scene.postback('http://tracker.example/', { action: 'deposit' });
  const { brandId } = scene.program;
  const actions = Array.from({ length: WAITING }, () => scene.actionOf({ action: 'deposit' }));
  const { app, clock } = scene.app;
  await app.get(UnitOfWork).run((tx) => app.get(FirePostbacks).fire(tx, { brandId, actions }));
  clock.advance(1);
});
afterAll(() => scene.close());

it('finds what was attempted by its key, also where the server takes the queue to be empty', async () => {
  const { app, clock, asOwner, db } = scene.app;
  await asOwner(`UPDATE pg_class SET relpages = 100, reltuples = 0 WHERE oid = 'postback_queue'::regclass`);
  const due = await app
    .get(DueDeliveries)
    .load([{ host: HOST, room: ANSWERS.length, known: [] }], clock.now());
  const attempts = due.map((delivery, index): Attempt => {
    const result = { status: ANSWERS[index]!, error: null, retryAfter: undefined, durationMs: 1 };
    return { id: app.get(Ids).next(), delivery, sentAt: clock.now(), endedAt: clock.now(), result };
  });
  const before = await readThrough();
  for (const attempt of attempts) await app.get(AttemptRecorder).record([attempt]);
  expect(await readThrough()).toBe(before);
  const rows = await db.query(
    `SELECT l.attempt, l.response_code AS "responseCode", q.attempts, q.next_attempt_at > l.sent_at AS later
       FROM postback_log l LEFT JOIN postback_queue q USING (delivery_id) ORDER BY l.response_code`,
  );
  expect(rows).toEqual([
    { attempt: 1, responseCode: 200, attempts: null, later: null },
    { attempt: 1, responseCode: 500, attempts: 1, later: true },
  ]);
});
