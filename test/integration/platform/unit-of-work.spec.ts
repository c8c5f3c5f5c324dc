import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { copyRows, DomainError, LostRace, type Tx, UnitOfWork } from '../../../src/platform/index.js';
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

it('gives up after a few tries, and says that one may try again', async () => {
  let runs = 0;
  const hopeless = unitOfWork.run(async (tx) => {
    runs += 1;
    await tx.query(`DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$`);
  });
  await expect(hopeless).rejects.toMatchObject({
    code: 'BUSY',
    kind: 'unavailable',
    details: { retryAfterSeconds: 1 },
    cause: { driverError: { code: '40001' } },
  });
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

/** Ways in which work may begin; the transaction begins with the first of them. */
const FIRST_STATEMENTS: Record<string, (tx: Tx) => Promise<unknown>> = {
  'with parameters': (tx) => increment(tx, 1),
  'without parameters': (tx) => tx.query('UPDATE counters SET value = 5'),
  'of several statements': (tx) =>
    tx.query('UPDATE counters SET value = 5; DELETE FROM counters WHERE id = 2'),
  'in a savepoint': (tx) => tx.transaction((inner) => increment(inner, 1)),
  'that copies rows': (tx) => copyRows(tx, 'COPY counters FROM STDIN', ['3\t3\n']),
};

it.each(Object.entries(FIRST_STATEMENTS))(
  'holds a first statement %s in the transaction',
  async (_, first) => {
    const failed = unitOfWork.run(async (tx) => {
      await first(tx);
      throw new Error('No.');
    });
    await expect(failed).rejects.toThrow('No.');
    expect(await counters()).toEqual([0, 0]);
    await unitOfWork.run(first);
    expect(await counters()).not.toEqual([0, 0]);
  },
);

it('answers a first statement as any other', async () => {
  const statements = [
    'SELECT id, value FROM counters WHERE id = $1',
    'UPDATE counters SET value = 3 WHERE id = $1 RETURNING value',
    'UPDATE counters SET value = 4 WHERE id = $1',
    'SELECT FROM counters WHERE id = -$1::int',
  ];
  for (const statement of statements) {
    const [first, later] = await unitOfWork.run(async (tx) => [
      await tx.query(statement, [1]),
      await tx.query(statement, [1]),
    ]);
    expect(first).toEqual(later);
  }
  expect(await unitOfWork.run(async () => 'nothing')).toBe('nothing');
});

it('leaves nothing of a first statement that fails, and tells why', async () => {
  for (const [statement, parameters, reason] of [
    ['INSERT INTO counters VALUES ($1, 1)', [1], /counters_pkey/],
    ['SELECT $1::int / 0', [1], /division by zero/],
    ['SELEC $1', [1], /syntax error/],
    ['SELECT $1::uuid', ['x'], /invalid input syntax/],
  ] as const) {
    const failing = unitOfWork.run((tx) => tx.query(statement, [...parameters]));
    await expect(failing).rejects.toThrow(reason);
  }
  await Promise.all(Array.from({ length: 20 }, () => unitOfWork.run((tx) => increment(tx, 1))));
  expect(await counters()).toEqual([20, 0]);
});
