import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, TestClock } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type Person, signIn } from '../support/journey.js';
import { type AppProcess, spawnApp } from '../support/process.js';
import { BillingScene, CPA_50, multiplyPartners, runBills, SHARE_25 } from '../integration/billing/scene.js';

const BILLS = 120;
const KILL_AFTER = 15;
const AT_ONCE = 8;
const DAY_MS = 86_400_000;
const dayBefore = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

describe('B02 A13 the process is killed during approvals', () => {
  let database: TestDatabase;
  let db: DataSource;
  let bills: { id: string; key: string }[];
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
    const rows = await db.query<{ id: string }[]>('SELECT id FROM bills ORDER BY id');
    bills = rows.map(({ id }) => ({ id, key: randomUUID() }));
    expect(bills).toHaveLength(BILLS);
  });

  afterAll(async () => {
    await Promise.all(processes.map((process) => process.kill('SIGKILL')));
    await db.destroy();
    await database.drop();
  });

  /** Approves all bills, a few at once; tells of every answer. */
  async function approveAll(operator: Person, onAnswer: (status: number | null) => void): Promise<void> {
    const waiting = [...bills];
    const work = async (): Promise<void> => {
      for (let bill = waiting.shift(); bill; bill = waiting.shift()) {
        const path = `operator/bills/${bill.id}/approve`;
        const answer = await operator.postWithKey(path, {}, bill.key).catch(() => null);
        onAnswer(answer?.status ?? null);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  it('each approval credits once, whether its answer was lost or not', async () => {
    const first = await start();
    const clock = new TestClock(new Date(Date.now() - 30_000).toISOString());
    const operator = await signIn(
      { url: first.url, clock } as never,
      'admin@example.com',
      'correct horse battery',
    );
    await operator.enableTwoFactor();
    const answers: (number | null)[] = [];
    let killed: Promise<unknown> | undefined;
    await approveAll(operator, (status) => {
      answers.push(status);
      if (answers.length === KILL_AFTER) killed = first.kill('SIGKILL');
    });
    await killed;
    expect(answers).toContain(null);
    const [half] = await db.query<[{ paid: number }]>(
      `SELECT count(*)::int AS paid FROM bills WHERE state = 'paid'`,
    );
    expect(half.paid).toBeGreaterThanOrEqual(answers.filter((status) => status === 200).length);
    expect(half.paid).toBeLessThan(BILLS);

    // At the same place, where the operator's browser tries again.
    await start(new URL(first.url).port);
    const retried: (number | null)[] = [];
    await approveAll(operator, (status) => retried.push(status));
    expect(new Set(retried)).toEqual(new Set([200]));
    const sums = await db.query(
      `SELECT (SELECT count(*)::int FROM bills WHERE state = 'paid') AS paid,
              (SELECT count(*)::int FROM ledger_journals WHERE kind = 'bill') AS journals,
              (SELECT count(DISTINCT reference)::int FROM ledger_journals WHERE kind = 'bill') AS bills,
              (SELECT sum(balance_minor)::int FROM ledger_accounts WHERE kind = 'available') AS available,
              (SELECT count(DISTINCT id)::int FROM (
                 SELECT id::text FROM event_log WHERE type = 'bill_approved' UNION ALL
                 -- What the killed process had begun is tried again once its heartbeat is missed.
                 SELECT data ->> 'id' FROM pgboss.job WHERE name = 'event.event-log' AND state <> 'completed'
                  AND data -> 'payload' ->> 'type' = 'bill_approved') AS told) AS events`,
    );
    expect(sums).toEqual([
      { paid: BILLS, journals: BILLS, bills: BILLS, available: BILLS * 5_100, events: BILLS },
    ]);
  });
});
