import pg from 'pg';
import { Pool } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Clock, Ids } from '../../src/platform/index.js';
import { type AppProcess, spawnApp } from '../support/process.js';
import { makeTrackingScene, signedHeaders, type TrackingScene } from '../support/tracking-scene.js';
import { type BenchServer, print, startBenchServer, takeTurns } from './measure.js';

const BATCH = 1_000;
const PLAYERS = 20_000;
/** Batches of a round; the last one corrects a tenth of the first one's rows. */
const BATCHES = 40;
const HOUR_MS = 3_600_000;
const MEASURES = ['bets_sum', 'wins_sum', 'casino_bets_count', 'bonus_issues_sum', 'taxes_sum', 'payment_system_fees_sum', 'game_provider_fees_sum', 'jackpot_fees_sum'] as const; // prettier-ignore

interface Player {
  id: string;
  externalId: string;
}

interface Row {
  player: Player;
  values: number[];
}

interface Batch {
  from: Date;
  to: Date;
  rows: Row[];
}

let server: BenchServer;
let url: string;
let scene: TrackingScene;
let app: AppProcess;
let client: pg.Client;
const players: Player[] = [];

beforeAll(async () => {
  server = await startBenchServer();
  url = await server.makeDatabase('sync');
  scene = await makeTrackingScene(url);
  client = new pg.Client(url);
  await client.connect();
  await makePlayers();
  app = await spawnApp({ DATABASE_URL: url, LOG_LEVEL: 'warn' });
});
afterAll(async () => {
  await app.kill();
  await client.end();
  await server.stop();
});

async function makePlayers(): Promise<void> {
  const ids = new Ids(new Clock());
  for (let index = 0; index < PLAYERS; index += 1)
    players.push({ id: ids.next(), externalId: `player-${index}` });
  await client.query(
    `INSERT INTO players (id, brand_id, external_id, visit_id, promo_id, campaign_id, partner_id, profile, query,
                          signed_up_at, created_at)
     SELECT id, $2, external_id, gen_random_uuid(), $3, $4, $5, '{}', '{"clickid":"c-1"}', '2026-01-01', now()
       FROM json_to_recordset($1) AS player (id uuid, external_id text)`,
    [
      JSON.stringify(players.map(({ id, externalId }) => ({ id, external_id: externalId }))),
      scene.brandId,
      scene.promos[0]!.id,
      scene.campaignId,
      scene.partnerId,
    ],
  );
  await client.query('VACUUM ANALYZE players');
}

let hours = 0;

/** A round's work; every call is of hours of its own. */
function makeBatches(start: string): Batch[] {
  const batches = Array.from({ length: BATCHES - 1 }, (): Batch => {
    const from = new Date(Date.parse(start) + hours * HOUR_MS);
    const first = (hours * BATCH) % PLAYERS;
    hours += 1;
    const rows = players.slice(first, first + BATCH).map((player, index) => ({
      player,
      values: MEASURES.map((_, measure) => 1_000 + ((index * 7919 + measure * 104_729 + hours) % 100_000)),
    }));
    return { from, to: new Date(from.getTime() + HOUR_MS), rows };
  });
  const [again] = batches;
  const corrected = again!.rows.map((row, index) =>
    index % 10 === 0 ? { ...row, values: row.values.map((value) => value + 1) } : row,
  );
  return [...batches, { ...again!, rows: corrected }];
}

/** The rows over HTTP, signed, `inFlight` batches at once. */
async function ours(inFlight: number): Promise<number> {
  const bodies = makeBatches('2026-01-01T00:00:00Z').map(({ from, to, rows }) => {
    const items = rows.map(({ player, values }) => ({
      user_id: player.externalId,
      currency: 'EUR',
      ...Object.fromEntries(
        MEASURES.map((name, index) => [
          name.endsWith('_count') ? name : `${name}_cents`,
          String(values[index]),
        ]),
      ),
    }));
    const text = JSON.stringify({ from, to, items });
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

const COLUMNS = ['player_id', 'interval_from', 'interval_to', 'currency', 'partner_id', 'brand_id', 'campaign_id', 'promo_id', ...MEASURES]; // prettier-ignore
const TYPES = ['uuid', 'timestamptz', 'timestamptz', 'text', 'uuid', 'uuid', 'uuid', 'uuid', ...MEASURES.map(() => 'bigint')]; // prettier-ignore

/** The same rows by one prepared statement per batch; the parameters are made beforehand. */
async function yardstick(): Promise<number> {
  const batches = makeBatches('2026-01-01T00:00:00Z').map(({ from, to, rows }) => {
    const column = (pick: (row: Row) => string | number): string => `{${rows.map(pick).join(',')}}`;
    return [
      column(({ player }) => player.id),
      column(() => `"${from.toISOString()}"`),
      column(() => `"${to.toISOString()}"`),
      column(() => 'EUR'),
      column(() => scene.partnerId),
      column(() => scene.brandId),
      column(() => scene.campaignId),
      column(() => scene.promos[0]!.id),
      ...MEASURES.map((_, index) => column(({ values }) => values[index]!)),
    ];
  });
  const statement = {
    name: 'upsert',
    text: `INSERT INTO player_activity (${COLUMNS.join(', ')})
           SELECT * FROM unnest(${TYPES.map((type, index) => `$${index + 1}::${type}[]`).join(', ')})
           ON CONFLICT (player_id, interval_from, interval_to, currency)
           DO UPDATE SET ${MEASURES.map((name) => `${name} = excluded.${name}`).join(', ')}`,
  };
  const started = performance.now();
  for (const values of batches) await client.query({ ...statement, values });
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
