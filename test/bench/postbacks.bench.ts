import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeliveryEngine } from '../../src/postbacks/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { makeTrackingScene } from '../support/tracking-scene.js';
import { type BenchServer, print, startBenchServer, takeTurns } from './measure.js';
import { type Sinks, startSinks } from './postback-sinks.js';

const HOSTS = 16;
/** Calls at once to each. */
const AT_ONCE = 4;
/** A round lasts seconds: what it takes to begin and to end is hardly a part of it. */
const PER_HOST = 4_000;
const A_ROUND = HOSTS * PER_HOST;
/** How many times more history there is when its cost is looked at. */
const GROWTH = 10;

let server: BenchServer;
let app: TestApp;
let engine: DeliveryEngine;
let sinks: Sinks;
let rounds = 0;

beforeAll(async () => {
  server = await startBenchServer();
  sinks = await startSinks(HOSTS);
  const databaseUrl = await server.makeDatabase('postbacks');
  const scene = await makeTrackingScene(databaseUrl);
  const addresses = sinks.ports.map((port) => `127.0.0.1:${port}`);
  app = await createTestApp({ databaseUrl, env: { OUTBOUND_ALLOW: addresses.join(',') } });
  engine = app.app.get(DeliveryEngine);
  await app.db.query(
    `INSERT INTO postbacks (id, partner_id, scope, action, url, method, headers, state, created_at, updated_at)
     SELECT uuidv7(), $1, 'account', 'deposit', 'http://' || host || '/?id=\${event_id}', 'GET', '{}', 'active', now(), now()
       FROM unnest($2::text[]) AS sink (host)`,
    [scene.partnerId, addresses],
  );
  place = [scene.campaignId, scene.promos[0]!.id];
});
afterAll(async () => {
  await app.close();
  sinks.stop();
  await server.stop();
});

let place: [campaignId: string, promoId: string];

/** Queues a round's deliveries, due a second after the clock; returns their event ids. */
async function queue(): Promise<string[]> {
  const due = new Date(app.clock.now().getTime() + 1_000);
  const rows = await app.db.query<{ id: string }[]>(
    `WITH added AS (
       INSERT INTO postback_deliveries (id, postback_id, owner_id, event_id, kind, action, campaign_id, promo_id, method,
                                        url, created_at)
       SELECT uuidv7(), p.id, p.partner_id, made.id, 'event', p.action, $1, $2, p.method,
              replace(p.url, '\${event_id}', made.id::text), $3
         FROM postbacks p,
              LATERAL (SELECT gen_random_uuid() AS id FROM generate_series(1, $4::int) WHERE p.id IS NOT NULL) made
       RETURNING *
     ), queued AS (
       INSERT INTO postback_queue (delivery_id, postback_id, host, attempts, next_attempt_at)
       SELECT id, postback_id, split_part(url, '/', 3), 0, $3 FROM added
     )
     SELECT event_id AS id FROM added`,
    [...place, due, PER_HOST],
  );
  await app.db.query(
    `INSERT INTO postback_hosts (host, due_at) SELECT DISTINCT split_part(url, '/', 3), $1::timestamptz FROM postbacks`,
    [due],
  );
  if (rounds === 0) await app.db.query('ANALYZE');
  return rows.map(({ id }) => id);
}

/** From rows that are there to the last answer, recorded and logged. */
async function ours(): Promise<number> {
  const sent = await queue();
  rounds += 1;
  const started = performance.now();
  app.clock.advance(2);
  await engine.drain();
  const seconds = (performance.now() - started) / 1_000;
  expect((await sinks.take()).sort()).toEqual(sent.sort());
  return A_ROUND / seconds;
}

/** The same calls and nothing else. */
async function yardstick(): Promise<number> {
  const targets = sinks.ports.map((port) => ({
    pool: new Pool(`http://127.0.0.1:${port}`, { connections: AT_ONCE }),
    ids: Array.from({ length: PER_HOST }, () => randomUUID()),
  }));
  const sent = targets.flatMap(({ ids }) => ids);
  const started = performance.now();
  const call = async ({ pool, ids }: (typeof targets)[number]): Promise<void> => {
    for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
      const headers = { 'user-agent': 'bench', 'accept-encoding': 'identity', 'x-tributary-event-id': id };
      const { body } = await pool.request({ path: `/?id=${id}`, method: 'GET', headers });
      await body.dump();
    }
  };
  await Promise.all(targets.flatMap((target) => Array.from({ length: AT_ONCE }, () => call(target))));
  const seconds = (performance.now() - started) / 1_000;
  expect((await sinks.take()).sort()).toEqual(sent.sort());
  await Promise.all(targets.map(({ pool }) => pool.close()));
  return A_ROUND / seconds;
}

async function expectRecorded(history = 0): Promise<void> {
  const count = (table: string, condition: string) =>
    `(SELECT count(*)::int FROM ${table} WHERE ${condition}) AS ${table}`;
  const [counts] = await app.db.query<[object]>(
    `SELECT ${count('postback_deliveries', 'given_up IS NULL')}, ${count('postback_queue', 'true')}, ${count('postback_log', 'response_code = 200')},
            (SELECT count(DISTINCT event_id)::int FROM postback_log) AS events`,
  );
  const expected = rounds * A_ROUND + history;
  expect(counts).toEqual({
    postback_deliveries: expected,
    postback_queue: 0,
    postback_log: expected,
    events: expected,
  });
}

/** Copies what was delivered, under other ids of the same time, until there is `GROWTH` times as much. */
async function growHistory(): Promise<number> {
  const otherId = `(left(id::text, 24) || substr(md5(random()::text), 1, 12))::uuid`;
  const columns = 'owner_id, postback_id, kind, action, campaign_id, promo_id, method, url';
  const made = 'created_at';
  const logged = 'delivery_id, attempt, response_code, duration_ms, sent_at';
  const times = `generate_series(1, ${GROWTH - 1})`;
  await app.db.transaction(async (tx) => {
    await tx.query('SET LOCAL statement_timeout = 0');
    await tx.query(
      `INSERT INTO postback_deliveries (id, event_id, ${columns}, ${made})
       SELECT ${otherId}, gen_random_uuid(), ${columns}, ${made} FROM postback_deliveries, ${times}`,
    );
    await tx.query(
      `INSERT INTO postback_log (id, event_id, ${columns}, ${logged})
       SELECT ${otherId}, gen_random_uuid(), ${columns}, ${logged} FROM postback_log, ${times}`,
    );
  });
  // As the server does by itself every minute where enough has changed.
  for (const table of ['deliveries', 'log', 'queue']) await app.db.query(`VACUUM ANALYZE postback_${table}`);
  await app.db.query('CHECKPOINT');
  return (GROWTH - 1) * rounds * A_ROUND;
}

describe('postbacks', () => {
  it('from the row to the recorded answer, beside the calls alone', async () => {
    const before = await takeTurns(ours, yardstick);
    print(`postbacks, ${HOSTS * AT_ONCE} at once to ${HOSTS} hosts`, 'calls/s', before, '≥ 0.60');
    await expectRecorded();
    const history = await growHistory();
    const after = await takeTurns(ours, yardstick);
    print(`postbacks, log ${GROWTH} times as long`, 'calls/s', after, '≥ 0.60');
    // Beside the yardstick of its own time: what else the machine does meanwhile cancels out.
    process.stdout.write(
      `postbacks, growth: ${(after.ratio / before.ratio).toFixed(2)} of the speed with ${GROWTH} times the log\n`,
    );
    await expectRecorded(history);
  });
});
