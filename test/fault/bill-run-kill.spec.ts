import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, TestClock } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { body, signIn } from '../support/journey.js';
import { type AppProcess, spawnApp } from '../support/process.js';
import { BillingScene, CPA_50, multiplyPartners, SHARE_25 } from '../integration/billing/scene.js';

const PARTNERS = 4_000;
const DAY_MS = 86_400_000;
const dayBefore = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

describe('B02 A13 the process is killed in the middle of a bill run', () => {
  let database: TestDatabase;
  let db: DataSource;
  const processes: AppProcess[] = [];

  const start = async (): Promise<AppProcess> => {
    const process = await spawnApp({
      DATABASE_URL: database.url,
      ADMIN_EMAIL: 'admin@example.com',
      ADMIN_PASSWORD: 'correct horse battery',
      LOG_LEVEL: 'error',
    });
    processes.push(process);
    return process;
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    const clock = new TestClock(new Date(Date.now() - 5 * DAY_MS).toISOString());
    const app = await createTestApp({ databaseUrl: database.url, clock });
    const scene = await BillingScene.open(app);
    const account = await scene.account({ strategies: [CPA_50, SHARE_25], period: 'daily' });
    await multiplyPartners(scene, account, PARTNERS, dayBefore(3));
    await app.close();
    db = await new DataSource({ type: 'postgres', url: database.url }).initialize();
  });

  afterAll(async () => {
    await Promise.all(processes.map((process) => process.kill('SIGKILL')));
    await db.destroy();
    await database.drop();
  });

  interface Run {
    id: string;
    state: string;
    bills_made: number;
    partners_considered: number;
    partners_failed: number;
  }

  /** Looks at the run until it is as wanted; each look is a query. */
  const watch = async (wanted: (run: Run) => boolean): Promise<Run> => {
    for (const until = Date.now() + 60_000; Date.now() < until;) {
      const [run] = await db.query<Run[]>(
        `SELECT id, state, bills_made, partners_considered, partners_failed FROM bill_runs`,
      );
      if (run && wanted(run)) return run;
    }
    throw new Error('The bill run did not come so far');
  };

  it('another process goes on: every bill once, every line once, every qualification told once', async () => {
    const first = await start();
    const operator = await signIn(
      { url: first.url, clock: new TestClock() } as never,
      'admin@example.com',
      'correct horse battery',
    );
    // The answer may be lost with the process.
    const answer = operator.post('operator/bill-runs', { through: dayBefore(1) }).catch(() => null);
    const halfway = await watch(({ bills_made: made }) => made >= 20);
    await first.kill('SIGKILL');
    await answer;
    expect(halfway.bills_made).toBeLessThan(PARTNERS);
    const [left] = await db.query<[{ bills: number }]>('SELECT count(*)::int AS bills FROM bills');
    expect(left.bills).toBeLessThan(PARTNERS);

    const second = await start();
    const done = await watch(({ state }) => state === 'finished' || state === 'failed');
    expect(done).toMatchObject({
      id: halfway.id,
      state: 'finished',
      bills_made: PARTNERS,
      partners_considered: PARTNERS,
      partners_failed: 0,
    });
    const sums = await db.query(
      `SELECT count(*)::int AS bills, count(DISTINCT partner_id)::int AS partners, sum(issued_minor)::int AS issued,
              (SELECT sum(amount_minor)::int FROM bill_lines) AS lines,
              (SELECT count(*)::int FROM player_qualifications) AS qualified
         FROM bills`,
    );
    const total = PARTNERS * 5_100;
    expect(sums).toEqual([
      { bills: PARTNERS, partners: PARTNERS, issued: total, lines: total, qualified: PARTNERS },
    ]);
    const again = await signIn(
      { url: second.url, clock: new TestClock() } as never,
      'admin@example.com',
      'correct horse battery',
    );
    const rerun = body(await again.post('operator/bill-runs', { through: dayBefore(1) }), 201);
    expect(rerun).toMatchObject({ billsMade: 0, partnersConsidered: 0 });
  });
});
