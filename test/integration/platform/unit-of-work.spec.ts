import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { DomainError, LostRace, type Tx, UnitOfWork } from '../../../src/platform/index.js';
import { createProbeApp, type ProbeApp } from './probe-app.js';

let probe: ProbeApp;
let unitOfWork: UnitOfWork;
beforeAll(async () => {
  probe = await createProbeApp();
  unitOfWork = probe.app.get(UnitOfWork);
  await probe.db.query('CREATE TABLE counters (id int PRIMARY KEY, value int NOT NULL)');
});
afterAll(() => probe.close());
beforeEach(() => probe.db.query('TRUNCATE counters; INSERT INTO counters VALUES (1, 0), (2, 0)'));

const increment = (tx: Tx, id: number) =>
  tx.query('UPDATE counters SET value = value + 1 WHERE id = $1', [id]);
const counters = async () =>
  (await probe.db.query<{ value: number }[]>('SELECT value FROM counters ORDER BY id')).map(
    ({ value }) => value,
  );

/** A place where two transactions wait for each other, the first time that both get there. */
function meetingPoint(): () => Promise<void> {
  let arrived = 0;
  let open: () => void;
  const both = new Promise<void>((resolve) => (open = resolve));
  return () => {
    arrived += 1;
    if (arrived === 2) open();
    return both;
  };
}

it('runs a transaction again that lost a deadlock, and both succeed', async () => {
  const meet = meetingPoint();
  let runs = 0;
  const transfer = (first: number, second: number) =>
    unitOfWork.run(async (tx) => {
      runs += 1;
      await increment(tx, first);
      await meet();
      await increment(tx, second);
      return first;
    });
  expect(await Promise.all([transfer(1, 2), transfer(2, 1)])).toEqual([1, 2]);
  expect(await counters()).toEqual([2, 2]);
  expect(runs).toBeGreaterThanOrEqual(3);
});

it('runs a transaction again that could not be serialized', async () => {
  const meet = meetingPoint();
  let runs = 0;
  const readThenWrite = () =>
    unitOfWork.run(async (tx) => {
      runs += 1;
      await tx.query('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE');
      const [row] = await tx.query<[{ value: number }]>('SELECT value FROM counters WHERE id = 1');
      await meet();
      await tx.query('UPDATE counters SET value = $1 WHERE id = 1', [row.value + 1]);
    });
  await Promise.all([readThenWrite(), readThenWrite()]);
  expect(await counters()).toEqual([2, 0]);
  expect(runs).toBe(3);
});

it('runs a transaction again that another one forestalled, with nothing left of the first time', async () => {
  let runs = 0;
  await unitOfWork.run(async (tx) => {
    runs += 1;
    await increment(tx, 1);
    if (runs < 4) throw new LostRace('RACED', 'Another one was faster.');
  });
  expect([runs, await counters()]).toEqual([4, [1, 0]]);
});

it('gives up after a few tries', async () => {
  let runs = 0;
  const hopeless = unitOfWork.run(async (tx) => {
    runs += 1;
    await tx.query(`DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$`);
  });
  await expect(hopeless).rejects.toThrow('again');
  expect(runs).toBe(4);
});

it('rolls everything back when the work fails, deep inside too', async () => {
  const refused = unitOfWork.run(async (tx) => {
    await increment(tx, 1);
    await tx.transaction(async (inner) => {
      await increment(inner, 2);
      throw new DomainError('REFUSED', 'invalid', 'No.');
    });
  });
  await expect(refused).rejects.toMatchObject({ code: 'REFUSED' });
  expect(await counters()).toEqual([0, 0]);
});

it('leaves no connection behind', async () => {
  const work = Array.from({ length: 60 }, (_, index) =>
    unitOfWork.run(async (tx) => {
      await increment(tx, 1);
      if (index % 2 === 0) throw new Error('No.');
    }),
  );
  const outcomes = await Promise.allSettled(work);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(30);
  expect(await counters()).toEqual([30, 0]);
  const [open] = await probe.db.query<[{ count: string }]>(
    `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
  );
  expect(open.count).toBe('0');
});
