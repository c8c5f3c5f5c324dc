import type { QueryRunner } from 'typeorm';
import { afterEach, beforeAll, afterAll, expect, it } from 'vitest';
import { RowStream, sqlState } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';

let app: TestApp;
let runner: QueryRunner;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  runner = app.db.createQueryRunner();
});
afterEach(async () => {
  // Whatever became of a stream, its connection goes on.
  expect(await runner.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
});
afterAll(async () => {
  await runner.release();
  await app.close();
});

const open = (text: string, ...values: unknown[]) => RowStream.open(runner, { text, values });

it('gives all rows in their order, as texts', async () => {
  const stream = await open(
    'SELECT n, NULL AS none, n % 2 = 0 AS even FROM generate_series(1, $1::int) AS n',
    5_000,
  );
  const all: unknown[] = [];
  for (let rows = await stream.next(); rows.length > 0; rows = await stream.next()) all.push(...rows);
  expect(all).toEqual(
    Array.from({ length: 5_000 }, (_, n) => [String(n + 1), null, (n + 1) % 2 === 0 ? 't' : 'f']),
  );
  expect(stream.over).toBe(true);
});

it('gives none where there are none', async () => {
  expect(await (await open('SELECT 1 WHERE false')).next()).toEqual([]);
});

it('fails where the statement fails, even after some rows', async () => {
  const stream = await open('SELECT 1 / (n - 100000) FROM generate_series(1, 200000) AS n');
  const readAll = async () => {
    while ((await stream.next()).length > 0);
  };
  expect(sqlState(await readAll().catch((error: unknown) => error))).toBe('22012');
  await expect(open('SELECT FROM nowhere').then((wrong) => wrong.next())).rejects.toThrow('nowhere');
});

it('has the server wait for a slow reader, and lets what is left pass', async () => {
  const [{ pid }] = await runner.manager.query<[{ pid: number }]>('SELECT pg_backend_pid() AS pid');
  const stream = await open(`SELECT repeat('x', 1000) FROM generate_series(1, 200000)`);
  const first = await stream.next();
  const waitsFor = async () => {
    const [row] = await app.db.query<[{ event: string | null }]>(
      'SELECT wait_event AS event FROM pg_stat_activity WHERE pid = $1',
      [pid],
    );
    return row.event;
  };
  await expect.poll(waitsFor).toBe('ClientWrite');
  const second = await stream.next();
  expect(first.length + second.length).toBeLessThan(5_000);
  stream.leave();
  await app.db.query('SELECT pg_cancel_backend($1)', [pid]);
  await stream.ended;
});
