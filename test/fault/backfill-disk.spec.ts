import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { ndjson, ndjsonHeaders, sendNdjson } from '../support/ndjson.js';
import { type AppProcess, spawnApp } from '../support/process.js';
import { makeTrackingScene, type TrackingScene } from '../support/tracking-scene.js';

let database: TestDatabase;
let db: DataSource;
let scene: TrackingScene;
let folder: string;
let app: AppProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  db = await new DataSource({ type: 'postgres', url: database.url }).initialize();
  scene = await makeTrackingScene(database.url);
  folder = await mkdtemp(join(tmpdir(), 'tributary-disk-'));
  const env = { DATABASE_URL: database.url, TRIBUTARY_DATA_DIR: folder, LOG_LEVEL: 'warn' };
  app = await spawnApp(env, { largestFileKiB: 256 });
});
afterAll(async () => {
  await app.kill();
  await db.destroy();
  await database.drop();
  await rm(folder, { recursive: true });
});

const ordersOf = (count: number): Buffer =>
  ndjson(Array.from({ length: count }, (_, index) => ({ order_id: `o-${index}`, tag: 'nobody' })));

it('A07 a backfill that the disk cannot take is refused, clearly and before anything is recorded; smaller ones go on', async () => {
  const send = (body: Buffer): ReturnType<typeof sendNdjson> =>
    sendNdjson(`${app.url}/api/sync/v1/orders`, body, ndjsonHeaders(scene, body));
  // 900 KiB, and again: the first one leaves nothing that would be in the way.
  for (let round = 0; round < 3; round += 1) {
    const { status, last } = await send(ordersOf(25_000));
    expect(status).toBe(503);
    expect(last).toMatchObject({ status: 503, code: 'FILE_STORE_UNAVAILABLE' });
  }
  expect(await db.query('SELECT FROM sync_batches')).toEqual([]);
  expect((await send(ordersOf(1_000))).last).toMatchObject({ state: 'finished', rejected: 1_000 });
  expect(await readdir(join(folder, 'spool'))).toEqual([]);
  expect(app.output()).toContain('EFBIG');
});
