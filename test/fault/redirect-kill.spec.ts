import { setImmediate as nextTurn } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type AppProcess, spawnApp } from '../support/process.js';
import { makeTrackingScene, type TrackingScene } from '../support/tracking-scene.js';

const CONNECTIONS = 32;

let database: TestDatabase;
let scene: TrackingScene;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  scene = await makeTrackingScene(database.url);
  client = new pg.Client(database.url);
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

/**
 * Clicks over and over on many connections until the program is gone, which `end` sees to once `enough` clicks were
 * answered; gives the answered visits' ids.
 */
async function clickUntilGone(app: AppProcess, enough: number, end: () => void): Promise<string[]> {
  const answered: string[] = [];
  let gone = false;
  void app.exited.then(() => (gone = true));
  const clickOn = async (): Promise<void> => {
    while (!gone) {
      try {
        const response = await fetch(`${app.url}/r/${scene.promos[0]!.code}?n=${answered.length}`, {
          redirect: 'manual',
        });
        expect(response.status).toBe(302);
        answered.push(new URL(response.headers.get('location')!).searchParams.get('tag')!);
        if (answered.length === enough) end();
      } catch (error) {
        // The program that ends cuts or refuses connections; anything else is a fault.
        if (!(error instanceof TypeError)) throw error;
        await nextTurn();
      }
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, clickOn));
  return answered;
}

async function expectStored(visitIds: readonly string[]): Promise<void> {
  const { rows } = await client.query('SELECT id FROM visits WHERE id = ANY($1)', [visitIds]);
  expect(rows).toHaveLength(visitIds.length);
}

describe('B02 a program that ends while visitors click', () => {
  it.each([200, 733, 1_500])('has stored every visit that it answered: SIGKILL after %i', async (enough) => {
    const app = await spawnApp({ DATABASE_URL: database.url, LOG_LEVEL: 'warn' });
    const answered = await clickUntilGone(app, enough, () => void app.kill('SIGKILL'));
    expect(await app.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(answered.length).toBeGreaterThanOrEqual(enough);
    await expectStored(answered);
  });

  it('has answered nobody whose visit still waits for its commit', async () => {
    const app = await spawnApp({ DATABASE_URL: database.url, LOG_LEVEL: 'warn' });
    await client.query('BEGIN');
    await client.query('LOCK TABLE visits IN ACCESS EXCLUSIVE MODE');
    const clicks = Array.from({ length: CONNECTIONS }, () =>
      fetch(`${app.url}/r/${scene.promos[0]!.code}`, { redirect: 'manual' }),
    );
    const ended = Promise.allSettled(clicks);
    const waiting = `SELECT 1 FROM pg_locks WHERE relation = 'visits'::regclass AND NOT granted`;
    await expect.poll(async () => (await client.query(waiting)).rowCount).toBeGreaterThan(0);
    await app.kill('SIGKILL');
    await client.query('ROLLBACK');
    expect((await ended).map(({ status }) => status)).toEqual(clicks.map(() => 'rejected'));
  });

  it('answers what it has begun after SIGTERM, and ends cleanly', async () => {
    const app = await spawnApp({ DATABASE_URL: database.url, LOG_LEVEL: 'warn' });
    const answered = await clickUntilGone(app, 500, () => void app.kill('SIGTERM'));
    expect(await app.exited).toEqual({ code: 0, signal: null });
    await expectStored(answered);
  });
});
