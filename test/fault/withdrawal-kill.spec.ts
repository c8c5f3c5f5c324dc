import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addMethod } from '../integration/wallet/scene.js';
import { Money, UnitOfWork } from '../../src/platform/index.js';
import { Ledger, Reconciliation } from '../../src/wallet/index.js';
import { createTestApp, TestClock } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { joinAsPartner, type Person, signIn } from '../support/journey.js';
import { type AppProcess, spawnApp } from '../support/process.js';

const EMAIL = 'ann@partners.example';
const DAY_MS = 86_400_000;
const REQUESTS = 60;
/** What the balance is enough for, of 10.00 each. */
const AFFORDED = 45;
const KILL_AFTER = 15;
const AT_ONCE = 8;

describe('A27 B01 the process is killed in the middle of withdrawals', () => {
  let database: TestDatabase;
  let db: DataSource;
  let ownerId: string;
  let paymentMethodId: string;
  const processes: AppProcess[] = [];
  const keys = Array.from({ length: REQUESTS }, () => randomUUID());

  beforeAll(async () => {
    database = await createTestDatabase();
    const clock = new TestClock(new Date(Date.now() - DAY_MS).toISOString());
    const app = await createTestApp({ databaseUrl: database.url, clock });
    const operator = await signIn(app, 'admin@example.com', 'correct horse battery');
    await joinAsPartner(app, operator, EMAIL);
    const [user] = await app.db.query<[{ id: string; ownerId: string }]>(
      `SELECT u.id, m.partner_id AS "ownerId" FROM users u JOIN memberships m ON m.user_id = u.id WHERE u.email = $1`,
      [EMAIL],
    );
    ownerId = user.ownerId;
    paymentMethodId = await addMethod(app, ownerId, user.id);
    const amount = Money.of(BigInt(AFFORDED) * 1_000n, 'EUR');
    const credit = { ownerId, amount, kind: 'bill' as const, reference: randomUUID() };
    await app.app.get(UnitOfWork).run((tx) => app.app.get(Ledger).credit(tx, credit));
    await app.close();
    db = await new DataSource({ type: 'postgres', url: database.url }).initialize();
  });
  afterAll(async () => {
    await Promise.all(processes.map((process) => process.kill('SIGKILL')));
    await db.destroy();
    await database.drop();
  });

  const start = async (port = '0'): Promise<AppProcess> => {
    const process = await spawnApp({ PORT: port, DATABASE_URL: database.url, LOG_LEVEL: 'error' });
    processes.push(process);
    return process;
  };

  /** Asks for 10.00 under every key, a few at once; tells of every answer. */
  async function withdrawAll(partner: Person, onAnswer: (status: number | null) => void): Promise<void> {
    const waiting = [...keys];
    const work = async (): Promise<void> => {
      for (let key = waiting.shift(); key; key = waiting.shift()) {
        const payload = { currency: 'EUR', amount: '10.00', paymentMethodId };
        const answer = await partner.postWithKey('partner/cashouts', payload, key).catch(() => null);
        onAnswer(answer?.status ?? null);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  it('each key withdraws once, whether its answer was lost or not, and it reconciles', async () => {
    const first = await start();
    const clock = new TestClock(new Date(Date.now() - 30_000).toISOString());
    const partner = await signIn({ url: first.url, clock }, EMAIL);
    await partner.enableTwoFactor();
    const answers: (number | null)[] = [];
    let killed: Promise<unknown> | undefined;
    await withdrawAll(partner, (status) => {
      answers.push(status);
      if (answers.length === KILL_AFTER) killed = first.kill('SIGKILL');
    });
    await killed;
    expect(answers).toContain(null);

    // At the same place, where the partner's browser tries again.
    await start(new URL(first.url).port);
    const retried: (number | null)[] = [];
    await withdrawAll(partner, (status) => retried.push(status));
    expect(retried.filter((status) => status === 201)).toHaveLength(AFFORDED);
    expect(retried.filter((status) => status === 422)).toHaveLength(REQUESTS - AFFORDED);
    const [sums] = await db.query<[object]>(
      `SELECT (SELECT count(*)::int FROM cashouts WHERE state = 'pending') AS cashouts,
              (SELECT count(DISTINCT reference)::int FROM ledger_journals WHERE kind = 'cashout_request') AS journals,
              (SELECT balance_minor::int FROM ledger_accounts WHERE owner_id = $1 AND kind = 'available') AS available,
              (SELECT balance_minor::int FROM ledger_accounts WHERE owner_id = $1 AND kind = 'processing') AS processing`,
      [ownerId],
    );
    expect(sums).toEqual({
      cashouts: AFFORDED,
      journals: AFFORDED,
      available: 0,
      processing: AFFORDED * 1_000,
    });
    expect((await new Reconciliation().run(db)).mismatches).toEqual([]);
  });
});
