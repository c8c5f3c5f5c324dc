import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { spawnApp } from '../support/process.js';
import { makeTrackingScene, type TrackingScene } from '../support/tracking-scene.js';

const CONNECTIONS = 16;
const BROWSER = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0' };

let database: TestDatabase;
let scene: TrackingScene;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  scene = await makeTrackingScene(database.url);
  client = new pg.Client(database.url);
  await client.connect();
  const mediaId = randomUUID();
  await client.query(
    `INSERT INTO media (id, brand_id, title, kind, format, size_bytes, width, height, created_at)
     VALUES ($1, $2, 'Fox', 'image', 'png', 100, 300, 250, now())`,
    [mediaId, scene.brandId],
  );
  await client.query('UPDATE promos SET media_id = $1', [mediaId]);
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

it('A04 an instance that is told to end loses no impression that it answered', async () => {
  const app = await spawnApp({ DATABASE_URL: database.url, LOG_LEVEL: 'warn' });
  let answered = 0;
  let gone = false;
  void app.exited.then(() => (gone = true));
  const show = async (): Promise<void> => {
    while (!gone) {
      try {
        const { code } = scene.promos[0]!;
        const { status } = await fetch(`${app.url}/b/${code}`, { redirect: 'manual', headers: BROWSER });
        expect(status).toBe(302);
        answered += 1;
        if (answered === 1_000) void app.kill('SIGTERM');
      } catch (error) {
        // The program that ends refuses connections; anything else is a fault.
        if (!(error instanceof TypeError)) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, show));
  expect(await app.exited).toEqual({ code: 0, signal: null });
  const { rows } = await client.query<{ people: number }>('SELECT sum(people)::int AS people FROM promo_impressions'); // prettier-ignore
  expect(answered).toBeGreaterThanOrEqual(1_000);
  expect(rows[0]!.people).toBeGreaterThanOrEqual(answered);
  // At the most, the end cut off one answer of each connection.
  expect(rows[0]!.people).toBeLessThanOrEqual(answered + CONNECTIONS);
}, 60_000);
