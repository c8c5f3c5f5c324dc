import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { ndjson, ndjsonHeaders, sendNdjson } from '../support/ndjson.js';
import { type AppProcess, spawnApp } from '../support/process.js';
import { makeTrackingScene, type TrackingScene } from '../support/tracking-scene.js';

const LINES = 25_000;
/** Starting the program several times takes long on a busy machine. */
const WITHIN_MS = 180_000;
const VISIT = '019a4c3e-7b1a-7c3d-8e4f-5a6b7c8d9e0f';

let database: TestDatabase;
let db: DataSource;
let scene: TrackingScene;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  db = await new DataSource({ type: 'postgres', url: database.url }).initialize();
  scene = await makeTrackingScene(database.url);
  folder = await mkdtemp(join(tmpdir(), 'tributary-backfill-'));
  await db.query(
    `INSERT INTO visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, query) VALUES ($1, $2, $3, $4, $5, now(), '{}')`,
    [VISIT, scene.partnerId, scene.brandId, scene.campaignId, scene.promos[0]!.id],
  );
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
  await rm(folder, { recursive: true });
});

const start = (): Promise<AppProcess> =>
  spawnApp({ DATABASE_URL: database.url, TRIBUTARY_DATA_DIR: folder, LOG_LEVEL: 'error' });

function playersOf(prefix: string): Buffer {
  return ndjson(
    Array.from({ length: LINES }, (_, index) => ({
      tag: VISIT,
      user_id: `${prefix}-${index}`,
      sign_up_at: '2026-10-05T09:00:00Z',
    })),
  );
}

async function countOf(prefix: string): Promise<number> {
  const [{ count }] = await db.query<[{ count: number }]>(
    'SELECT count(*)::int AS count FROM players WHERE external_id LIKE $1',
    [`${prefix}-%`],
  );
  return count;
}

describe('A07 the process of a backfill', { timeout: WITHIN_MS }, () => {
  it('is killed: what was committed stays, nothing stays on the disk, and the same body completes it', async () => {
    const body = playersOf('kill');
    const before = await start();
    const url = '/api/sync/v1/players';
    const cut = sendNdjson(before.url + url, body, ndjsonHeaders(scene, body)).catch(() => 'cut');
    await expect.poll(() => countOf('kill'), { timeout: 20_000, interval: 5 }).toBeGreaterThan(0);
    await before.kill('SIGKILL');
    expect(await cut).toBe('cut');
    const committed = await countOf('kill');
    expect(committed).toBeLessThan(LINES);
    expect(committed % 5_000).toBe(0);
    expect(await readdir(join(folder, 'spool'))).toEqual([]);

    const after = await start();
    const { last } = await sendNdjson(after.url + url, body, ndjsonHeaders(scene, body));
    await after.kill();
    expect(last).toMatchObject({ state: 'finished', accepted: LINES - committed, duplicate: committed });
    expect(await countOf('kill')).toBe(LINES);
    const [{ facts }] = await db.query<[{ facts: number }]>(
      'SELECT sum(accepted)::int AS facts FROM sync_batches',
    );
    expect(facts).toBe(LINES);
  });

  it('is stopped: it ends after the batch at hand, says so, and exits cleanly', async () => {
    const body = playersOf('stop');
    const app = await start();
    const answer = sendNdjson(`${app.url}/api/sync/v1/players`, body, ndjsonHeaders(scene, body));
    const half = request(`${app.url}/api/sync/v1/players`, {
      method: 'POST',
      headers: ndjsonHeaders(scene, body),
    });
    half.on('error', () => undefined);
    half.write('{');
    await expect.poll(() => countOf('stop'), { timeout: 20_000, interval: 5 }).toBeGreaterThan(0);
    const exit = await app.kill('SIGTERM');
    expect(exit.code).toBe(0);
    const { last } = await answer;
    const count = await countOf('stop');
    if (count < LINES) expect(last).toMatchObject({ state: 'failed', code: 'STOPPING', accepted: count });
    else expect(last.state).toBe('finished');
  });
});
