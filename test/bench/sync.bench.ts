import pg from 'pg';
import { Pool } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppProcess, spawnApp } from '../support/process.js';
import { makeTrackingScene, signedHeaders, type TrackingScene } from '../support/tracking-scene.js';
import { type BenchServer, print, startBenchServer, takeTurns } from './measure.js';
import { type Batch, itemsOf, makePlayers, playedIn, type Player, upsertOf } from './sync-program.js';

const BATCH = 1_000;
const PLAYERS = 20_000;
/** Batches of a round; the last one corrects a tenth of the first one's rows. */
const BATCHES = 40;

let server: BenchServer;
let scene: TrackingScene;
let app: AppProcess;
let client: pg.Client;
let players: Player[];

beforeAll(async () => {
  server = await startBenchServer();
  const url = await server.makeDatabase('sync');
  scene = await makeTrackingScene(url);
  client = new pg.Client(url);
  await client.connect();
  players = await makePlayers(client, scene, PLAYERS);
  app = await spawnApp({ DATABASE_URL: url, LOG_LEVEL: 'warn' });
});
afterAll(async () => {
  await app.kill();
  await client.end();
  await server.stop();
});

let hours = 0;

/** A round's work; every call is of hours of its own. */
function makeBatches(): Batch[] {
  const batches = Array.from({ length: BATCHES - 1 }, (): Batch => {
    const first = (hours * BATCH) % PLAYERS;
    return playedIn(hours++, players.slice(first, first + BATCH));
  });
  const [again] = batches;
  const corrected = again!.rows.map((row, index) =>
    index % 10 === 0 ? { ...row, values: row.values.map((value) => value + 1) } : row,
  );
  return [...batches, { ...again!, rows: corrected }];
}

/** The rows over HTTP, signed, `inFlight` batches at once. */
async function ours(inFlight: number): Promise<number> {
  const bodies = makeBatches().map((batch) => {
    const text = JSON.stringify({ from: batch.from, to: batch.to, items: itemsOf(batch) });
    return { text, headers: signedHeaders(scene, text) };
  });
  const pool = new Pool(app.url, { connections: inFlight });
  const counts = { accepted: 0, duplicate: 0, corrected: 0, rejected: 0 };
  const send = async ({ text, headers }: (typeof bodies)[number]): Promise<void> => {
    const answer = await pool.request({ path: '/api/sync/v1/activity', method: 'POST', headers, body: text });
    const report = (await answer.body.json()) as typeof counts;
    for (const key of Object.keys(counts) as (keyof typeof counts)[]) counts[key] += report[key];
  };
  const started = performance.now();
  const correction = bodies.pop()!;
  let next = 0;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (next < bodies.length) await send(bodies[next++]!);
    }),
  );
  await send(correction);
  const seconds = (performance.now() - started) / 1_000;
  await pool.close();
  const fresh = (BATCHES - 1) * BATCH;
  expect(counts).toEqual({ accepted: fresh, duplicate: BATCH * 0.9, corrected: BATCH * 0.1, rejected: 0 });
  return (BATCHES * BATCH) / seconds;
}

/** The same rows by one prepared statement per batch; the parameters are made beforehand. */
async function yardstick(): Promise<number> {
  const statements = makeBatches().map((batch) => upsertOf(batch, scene));
  const started = performance.now();
  for (const statement of statements) await client.query(statement);
  return (BATCHES * BATCH) / ((performance.now() - started) / 1_000);
}

describe('sync', () => {
  it.each([1, 4])('activity, %i batches in flight', async (inFlight) => {
    const result = await takeTurns(() => ours(inFlight), yardstick);
    print(`sync activity, ${inFlight} in flight`, 'rows/s', result, '≥ 0.50');
    const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM player_activity');
    expect(Number(rows[0]!.count)).toBe(hours * BATCH);
  });
});
