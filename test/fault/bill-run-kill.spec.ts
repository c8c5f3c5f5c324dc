import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { body } from '../support/journey.js';
import { BillingProgram, dayBefore, operatorAt } from '../support/billing-program.js';
import { type DurableServer, startDurableServer } from '../support/durable-server.js';

const PARTNERS = 2_000;

interface Run {
  id: string;
  state: string;
  bills_made: number;
  partners_considered: number;
  partners_failed: number;
}

/** Looks at the run until it is as wanted; while the server is away there is nothing to see. */
async function watch({ db }: BillingProgram, wanted: (run: Run) => boolean): Promise<Run> {
  let run: Run | undefined;
  const look = async (): Promise<boolean> => {
    [run] = await db
      .query<Run[]>(
        `SELECT id, state, bills_made, partners_considered, partners_failed FROM bill_runs
          WHERE source = 'operator'`,
      )
      .catch(() => []);
    return run !== undefined && wanted(run);
  };
  await expect.poll(look, { timeout: 100_000, interval: 20 }).toBe(true);
  return run!;
}

/** The run goes on to its end, and everybody is billed once. */
async function expectAllBilled(program: BillingProgram, runId: string): Promise<void> {
  const done = await watch(program, ({ state }) => state === 'finished' || state === 'failed');
  expect(done).toMatchObject({
    id: runId,
    state: 'finished',
    bills_made: PARTNERS,
    partners_considered: PARTNERS,
    partners_failed: 0,
  });
  const sums = await program.db.query(
    `SELECT count(*)::int AS bills, count(DISTINCT partner_id)::int AS partners, sum(issued_minor)::int AS issued,
            (SELECT sum(amount_minor)::int FROM bill_lines) AS lines,
            (SELECT count(*)::int FROM player_qualifications) AS qualified
       FROM bills`,
  );
  const total = PARTNERS * 5_100;
  expect(sums).toEqual([
    { bills: PARTNERS, partners: PARTNERS, issued: total, lines: total, qualified: PARTNERS },
  ]);
}

describe('B02 A13 the process is killed in the middle of a bill run', () => {
  let program: BillingProgram;

  beforeAll(async () => {
    program = await BillingProgram.open(PARTNERS);
  });
  afterAll(() => program.close());

  it('another process goes on: every bill once, every line once, every qualification told once', async () => {
    const first = await program.start();
    const operator = await operatorAt(first);
    // The answer may be lost with the process.
    const answer = operator.post('operator/bill-runs', { through: dayBefore(1) }).catch(() => null);
    const halfway = await watch(program, ({ bills_made: made }) => made >= 20);
    await first.kill('SIGKILL');
    await answer;
    expect(halfway.bills_made).toBeLessThan(PARTNERS);
    const [left] = await program.db.query<[{ bills: number }]>('SELECT count(*)::int AS bills FROM bills');
    expect(left.bills).toBeLessThan(PARTNERS);
    // Nobody renews the lease of the dead process any more; the test below waits for its end.
    await program.db.query(`UPDATE bill_runs SET lease_until = now()`);

    const second = await program.start();
    await expectAllBilled(program, halfway.id);
    const again = await operatorAt(second);
    const rerun = body(await again.post('operator/bill-runs', { through: dayBefore(1) }), 201);
    expect(rerun).toMatchObject({ billsMade: 0, partnersConsidered: 0 });
  });
});

describe('B02 A13 PostgreSQL is killed in the middle of a bill run', () => {
  let server: DurableServer;
  let program: BillingProgram;

  beforeAll(async () => {
    server = await startDurableServer();
    program = await BillingProgram.open(PARTNERS, { given: { url: server.url, drop: () => server.stop() } });
  });
  afterAll(() => program.close());

  it('the run goes on from the last place that reached the disk, with every bill once', async () => {
    const operator = await operatorAt(await program.start());
    // The answer waits a while for the run's end; it may be that the server is away by then.
    const answer = operator.post('operator/bill-runs', { through: dayBefore(1) }).catch(() => null);
    const halfway = await watch(program, ({ bills_made: made }) => made >= 500);
    server.signal('SIGKILL');
    expect(halfway.bills_made).toBeLessThan(PARTNERS);
    await answer;
    await expectAllBilled(program, halfway.id);
  });
});
