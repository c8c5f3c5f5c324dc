import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppProcess, spawnApp } from '../support/process.js';
import { makeTrackingScene, signedHeaders, type TrackingScene } from '../support/tracking-scene.js';
import { type BenchServer, median, print, startBenchServer } from './measure.js';
import { type Batch, itemsOf, makePlayers, playedIn, type Player, upsertOf } from './sync-program.js';

const PLAYERS = 20_000;
const HOURS = 50;
const LINES = PLAYERS * HOURS;
/** As many lines as the application writes at once. */
const BATCH = 5_000;
const LOOK_EVERY_MS = 250;

let server: BenchServer;
let scene: TrackingScene;
let app: AppProcess;
let client: pg.Client;
let players: Player[];
let folder: string;

beforeAll(async () => {
  server = await startBenchServer();
  const url = await server.makeDatabase('backfill');
  scene = await makeTrackingScene(url);
  client = new pg.Client(url);
  await client.connect();
  players = await makePlayers(client, scene, PLAYERS);
  folder = await mkdtemp(join(tmpdir(), 'tributary-backfill-bench-'));
  app = await spawnApp({ DATABASE_URL: url, TRIBUTARY_DATA_DIR: folder, LOG_LEVEL: 'warn' });
});
afterAll(async () => {
  await app.kill();
  await client.end();
  await server.stop();
  await rm(folder, { recursive: true });
});

function* batches(firstHour: number): Generator<Batch> {
  for (let hour = firstHour; hour < firstHour + HOURS; hour += 1) {
    for (let first = 0; first < PLAYERS; first += BATCH) {
      yield playedIn(hour, players.slice(first, first + BATCH));
    }
  }
}

/** Writes a million lines into a file; gives its signature. */
async function writeBody(path: string): Promise<string> {
  const file = createWriteStream(path);
  const hmac = createHmac('sha512', scene.secret);
  for (const batch of batches(0)) {
    const { from, to } = batch;
    const text = itemsOf(batch).map((item) => `${JSON.stringify({ from, to, ...item })}\n`).join(''); // prettier-ignore
    hmac.update(text);
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
  return hmac.digest('hex');
}

/** Looks at the memory of the application's process until the work is done; MiB. */
async function memoryDuring(work: Promise<unknown>): Promise<number[]> {
  const looks: number[] = [];
  const done = work.then(() => true);
  do {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(app.pid)]);
    looks.push(Number(stdout) / 1024);
  } while (!(await Promise.race([done, delay(LOOK_EVERY_MS, false)])));
  return looks;
}

async function send(path: string, signature: string): Promise<unknown> {
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  const answer = await request(`${app.url}/api/sync/v1/activity`, {
    method: 'POST',
    body: createReadStream(path),
    headers: {
      ...signedHeaders(scene, ''),
      'content-type': 'application/x-ndjson',
      'x-authorization-sign': signature,
    },
    dispatcher,
  });
  let last = '';
  for await (const line of createInterface({ input: answer.body })) last = line;
  await dispatcher.close();
  return JSON.parse(last);
}

describe('backfill', () => {
  it('a million lines of activity as NDJSON', async () => {
    const path = join(folder, 'activity.ndjson');
    const signature = await writeBody(path);
    const started = performance.now();
    const answer = send(path, signature);
    const memory = await memoryDuring(answer);
    const ours = LINES / ((performance.now() - started) / 1_000);
    expect(await answer).toMatchObject({ state: 'finished', accepted: LINES, rejected: 0 });

    let yardstickMs = 0;
    for (const batch of batches(HOURS)) {
      const statement = upsertOf(batch, scene);
      const began = performance.now();
      await client.query(statement);
      yardstickMs += performance.now() - began;
    }
    const yardstick = LINES / (yardstickMs / 1_000);
    print('backfill of activity', 'rows/s', { ours, yardstick, ratio: ours / yardstick }, '≥ 0.50');
    const quarters = [0, 1, 2, 3].map((quarter) =>
      memory.slice((quarter * memory.length) / 4, ((quarter + 1) * memory.length) / 4),
    );
    const mib = (value: number): string => `${Math.round(value)} MiB`;
    process.stdout.write(
      `memory of the application: at first ${mib(memory[0]!)}, at most ${mib(Math.max(...memory))}, in each quarter of the time ${quarters.map((looks) => mib(median(looks))).join(', ')}\n`,
    );
  });
});
