import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { figuresOf, makeDueSchedules } from '../integration/wallet/many-schedules.js';
import { WalletScene } from '../integration/wallet/scene.js';
import { Reconciliation } from '../../src/wallet/index.js';
import { createTestApp, TestClock } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type AppProcess, spawnApp } from '../support/process.js';

const COUNT = 120;
const KILL_AFTER = 10;
const TEST_TIMEOUT_MS = 180_000;
const DAY_MS = 86_400_000;

describe('A28 the process is killed while it works schedules off', () => {
  let database: TestDatabase;
  let db: DataSource;
  const processes: AppProcess[] = [];
  const yesterday = new Date(Date.now() - DAY_MS).toISOString().slice(0, 10);

  beforeAll(async () => {
    database = await createTestDatabase();
    const clock = new TestClock(new Date(Date.now() - 3 * DAY_MS).toISOString());
    const app = await createTestApp({ databaseUrl: database.url, clock });
    const scene = await WalletScene.open(app);
    await makeDueSchedules(app, scene, { count: COUNT, dueOn: yesterday });
    await app.close();
    db = await new DataSource({ type: 'postgres', url: database.url }).initialize();
  });
  afterAll(async () => {
    await Promise.all(processes.map((process) => process.kill('SIGKILL')));
    await db.destroy();
    await database.drop();
  });

  const start = async (): Promise<AppProcess> => {
    const process = await spawnApp({ DATABASE_URL: database.url, LOG_LEVEL: 'error' });
    processes.push(process);
    return process;
  };
  const requested = async (): Promise<number> => {
    const [{ count }] = await db.query<[{ count: number }]>(
      `SELECT count(*)::int AS count FROM cashout_schedule_runs WHERE outcome = 'requested'`,
    );
    return count;
  };
  const until = (enough: number): Promise<void> =>
    vi.waitFor(async () => expect(await requested()).toBeGreaterThanOrEqual(enough), {
      timeout: 120_000,
      interval: 10,
    });

  it(
    'and the next one goes on: each schedule has asked once',
    async () => {
      const first = await start();
      await until(KILL_AFTER);
      await first.kill('SIGKILL');
      expect(await requested()).toBeLessThan(COUNT);
      await start();
      await until(COUNT);
      expect(await figuresOf({ db })).toMatchObject({
        schedules: COUNT,
        requested: COUNT,
        others: 0,
        cashouts: COUNT,
        journals: COUNT,
        available: '0',
      });
      const app = await createTestApp({ databaseUrl: database.url, background: false });
      const { mismatches } = await app.app.get(Reconciliation).run(app.db);
      await app.close();
      expect(mismatches).toEqual([]);
    },
    TEST_TIMEOUT_MS,
  );
});
