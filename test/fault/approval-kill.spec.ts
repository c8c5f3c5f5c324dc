import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runBills } from '../integration/billing/scene.js';
import { TestClock } from '../support/app.js';
import type { Person } from '../support/journey.js';
import { BillingProgram, dayBefore, operatorAt } from '../support/billing-program.js';

const BILLS = 120;
const KILL_AFTER = 15;
const AT_ONCE = 8;

describe('B02 A13 the process is killed during approvals', () => {
  let program: BillingProgram;
  let bills: { id: string; key: string }[];

  beforeAll(async () => {
    program = await BillingProgram.open(BILLS, {
      prepare: async (app) => {
        app.clock.set(new Date());
        await runBills(app, dayBefore(1));
      },
    });
    const rows = await program.db.query<{ id: string }[]>('SELECT id FROM bills ORDER BY id');
    bills = rows.map(({ id }) => ({ id, key: randomUUID() }));
    expect(bills).toHaveLength(BILLS);
  });
  afterAll(() => program.close());

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
    const first = await program.start();
    const operator = await operatorAt(first, new TestClock(new Date(Date.now() - 30_000).toISOString()));
    await operator.enableTwoFactor();
    const answers: (number | null)[] = [];
    let killed: Promise<unknown> | undefined;
    await approveAll(operator, (status) => {
      answers.push(status);
      if (answers.length === KILL_AFTER) killed = first.kill('SIGKILL');
    });
    await killed;
    expect(answers).toContain(null);
    const [half] = await program.db.query<[{ paid: number }]>(
      `SELECT count(*)::int AS paid FROM bills WHERE state = 'paid'`,
    );
    expect(half.paid).toBeGreaterThanOrEqual(answers.filter((status) => status === 200).length);
    expect(half.paid).toBeLessThan(BILLS);

    // At the same place, where the operator's browser tries again.
    await program.start(new URL(first.url).port);
    const retried: (number | null)[] = [];
    await approveAll(operator, (status) => retried.push(status));
    expect(new Set(retried)).toEqual(new Set([200]));
    const sums = await program.db.query(
      `SELECT (SELECT count(*)::int FROM bills WHERE state = 'paid') AS paid,
              (SELECT count(*)::int FROM ledger_journals WHERE kind = 'bill') AS journals,
              (SELECT count(DISTINCT reference)::int FROM ledger_journals WHERE kind = 'bill') AS bills,
              (SELECT sum(balance_minor)::int FROM ledger_accounts WHERE kind = 'available') AS available,
              (SELECT count(*)::int FROM event_log WHERE type = 'bill_approved') AS events`,
    );
    expect(sums).toEqual([
      { paid: BILLS, journals: BILLS, bills: BILLS, available: BILLS * 5_100, events: BILLS },
    ]);
  });
});
