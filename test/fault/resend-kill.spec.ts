import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureDayPartitions, Ids } from '../../src/platform/index.js';
import { PostbackScene } from '../integration/postbacks/scene.js';
import { TestClock } from '../support/app.js';
import { body } from '../support/journey.js';
import { missWorkerOf } from '../support/missed-worker.js';
import { type AppProcess, spawnApp } from '../support/process.js';
import { startSinkServer, type SinkServer } from '../support/sink-server.js';

/** Steps of a thousand: the first with the request, the others in the background. */
const FAILED = 3_500;

describe('B04 a worker that is killed while it sends all failed postbacks again', () => {
  let scene: PostbackScene;
  let sink: SinkServer;
  const workers: AppProcess[] = [];

  const startWorker = async (env: Record<string, string> = {}): Promise<AppProcess> => {
    const { url } = scene.app.db.options as { url: string };
    const place = { DATABASE_URL: url, ROLE: 'worker', OUTBOUND_ALLOW: sink.address };
    workers.push(await spawnApp({ ...place, ...env }));
    return workers.at(-1)!;
  };

  /** Events of a postback that were tried and given up; their ids, the last of which are sent again first. */
  const failures = async (postbackId: string): Promise<string[]> => {
    await ensureDayPartitions(scene.app.db, 'postback_log', scene.app.clock.now(), 1);
    const events = Array.from({ length: FAILED }, () => randomUUID());
    const ids = events.map(() => scene.app.app.get(Ids).next());
    await scene.app.db.query(
      `WITH made AS (
         INSERT INTO postback_deliveries (id, postback_id, owner_id, event_id, kind, action, method, url, created_at,
                                          given_up, given_up_at)
         SELECT id, $1, $2, event_id, 'event', 'first_deposit', 'GET', $3 || event_id, $4, 'failed', $4
           FROM unnest($5::uuid[], $6::uuid[]) AS event (event_id, id)
         RETURNING *
       )
       INSERT INTO postback_log (id, owner_id, postback_id, delivery_id, event_id, kind, action, attempt, method, url,
                                 response_code, duration_ms, sent_at)
       SELECT id, owner_id, postback_id, id, event_id, kind, action, 10, method, url, 500, 1, $4 FROM made`,
      [postbackId, scene.partnerId, `${sink.url}/?id=`, scene.app.clock.now(), events, ids],
    );
    return events;
  };

  const resends = async (): Promise<{ made: number; wait: number }> => {
    const [counts] = await scene.app.db.query<[{ made: number; wait: number }]>(
      `SELECT (SELECT count(*)::int FROM postback_deliveries WHERE kind = 'resend') AS made,
              (SELECT count(*)::int FROM postback_queue) AS wait`,
    );
    return counts;
  };

  const logged = async (): Promise<string[]> => {
    const rows = await scene.app.db.query<{ id: string }[]>(
      `SELECT event_id AS id FROM postback_log WHERE kind = 'resend' AND response_code = 200`,
    );
    return rows.map(({ id }) => id);
  };

  const timesHeard = (): Map<string, number> => {
    const times = new Map<string, number>();
    for (const { query } of sink.requests)
      times.set(query.get('id')!, (times.get(query.get('id')!) ?? 0) + 1);
    return times;
  };

  beforeAll(async () => {
    sink = await startSinkServer();
    // Takes the request; the processes work it off.
    scene = await PostbackScene.open(
      [sink.address],
      { ROLE: 'web' },
      new TestClock(new Date().toISOString()),
    );
  });
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.kill('SIGKILL')));
    await scene.close();
    await sink.stop();
  });

  it('leaves the rest to the next one: each event is queued again once, and what was recorded is not sent again', async () => {
    const { id: postbackId } = await scene.postback(`${sink.url}/?id=\${event_id}`);
    const events = await failures(postbackId);
    const first = await startWorker();
    // Holds up the third step: the event whose resend is not committed here is among its failures.
    const blocker = scene.app.db.createQueryRunner();
    await blocker.startTransaction();
    await blocker.query(
      `INSERT INTO postback_queue (delivery_id, postback_id, resent_event_id, host, attempts, next_attempt_at)
       VALUES (gen_random_uuid(), $1, $2, '', 0, now())`,
      [postbackId, events[FAILED - 2_500]],
    );
    const asked = await scene.partner.post('partner/postback-log/resend', {});
    expect(body(asked, 200)).toEqual({ dryRun: false, count: 1_000, more: true });
    const made = async () => (await resends()).made;
    await expect.poll(made, { timeout: 30_000, interval: 5 }).toBe(2_000);
    await sink.waitForCount(1);
    await first.kill('SIGKILL');
    await blocker.rollbackTransaction();
    await blocker.release();
    expect(await made()).toBe(2_000);
    const recorded = await logged();

    await missWorkerOf(scene.app.db, 'postbacks.resend-failed');
    // The dead worker's lease of the host ends after a minute.
    await startWorker({ TRIBUTARY_CLOCK_OFFSET: 'PT2M' });
    await expect.poll(resends, { timeout: 60_000, interval: 50 }).toEqual({ made: FAILED, wait: 0 });
    expect((await logged()).sort()).toEqual(events.sort());
    const times = timesHeard();
    expect([...times.keys()].sort()).toEqual(events);
    expect(recorded.filter((id) => times.get(id) !== 1)).toEqual([]);
  }, 120_000);
});
