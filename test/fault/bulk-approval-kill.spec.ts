import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, TestClock } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { body, signIn } from '../support/journey.js';
import { type AppProcess, spawnApp } from '../support/process.js';
import { BillingScene, CPA_50, multiplyPartners, runBills, SHARE_25 } from '../integration/billing/scene.js';

const BILLS = 600;
const DAY_MS = 86_400_000;
const dayBefore = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

describe('B02 A13 the process is killed during a bulk approval', () => {
  let database: TestDatabase;
  let db: DataSource;
  const processes: AppProcess[] = [];

  const start = async (port = '0'): Promise<AppProcess> => {
    const process = await spawnApp({
      PORT: port,
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
    await multiplyPartners(scene, account, BILLS, dayBefore(3));
    clock.set(new Date());
    await runBills(app, dayBefore(1));
    await app.close();
    db = await new DataSource({ type: 'postgres', url: database.url }).initialize();
  });

  afterAll(async () => {
    await Promise.all(processes.map((process) => process.kill('SIGKILL')));
    await db.destroy();
    await database.drop();
  });

  const paidSoFar = async (): Promise<number> => {
    const [row] = await db.query<[{ paid: number }]>(
      `SELECT count(*)::int AS paid FROM bills WHERE state = 'paid'`,
    );
    return row.paid;
  };

  it('another process goes on with the bills that are left; each is paid once', async () => {
    const first = await start();
    const clock = new TestClock(new Date(Date.now() - 30_000).toISOString());
    const operator = await signIn(
      { url: first.url, clock } as never,
      'admin@example.com',
      'correct horse battery',
    );
    await operator.enableTwoFactor();
    const shown = body<{ fingerprint: string; bills: number }>(
      await operator.post('operator/bills/approve', { dryRun: true }),
      200,
    );
    expect(shown.bills).toBe(BILLS);
    const { runId } = body<{ runId: string }>(
      await operator.post('operator/bills/approve', { fingerprint: shown.fingerprint }),
      200,
    );
    await expect.poll(paidSoFar, { timeout: 60_000, interval: 5 }).toBeGreaterThan(0);
    await first.kill('SIGKILL');
    const half = await paidSoFar();
    expect(half).toBeLessThan(BILLS);

    await start();
    await expect.poll(paidSoFar, { timeout: 120_000, interval: 200 }).toBe(BILLS);
    await expect
      .poll(async () =>
        db.query('SELECT finished_at IS NULL AS open FROM bill_approval_runs WHERE id = $1', [runId]),
      )
      .toEqual([{ open: false }]);
    const sums = await db.query(
      `SELECT (SELECT count(*)::int FROM bill_approval_items WHERE outcome = 'paid') AS approved,
              (SELECT count(*)::int FROM audit_log WHERE action = 'bill.approve') AS logged,
              (SELECT count(*)::int FROM ledger_journals WHERE kind = 'bill') AS journals,
              (SELECT count(DISTINCT reference)::int FROM ledger_journals WHERE kind = 'bill') AS bills,
              (SELECT sum(balance_minor)::int FROM ledger_accounts WHERE kind = 'available') AS available`,
    );
    expect(sums).toEqual([
      { approved: BILLS, logged: BILLS, journals: BILLS, bills: BILLS, available: BILLS * 5_100 },
    ]);
  }, 240_000);
});
