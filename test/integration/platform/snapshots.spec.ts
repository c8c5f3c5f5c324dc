import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Snapshots } from '../../../src/platform/index.js';
import { createProbeApp, type ProbeApp } from './probe-app.js';

let probe: ProbeApp;
let snapshots: Snapshots;
beforeAll(async () => {
  probe = await createProbeApp();
  snapshots = probe.app.get(Snapshots);
  await probe.db.query('CREATE TABLE things (id int PRIMARY KEY)');
});
afterAll(() => probe.close());
beforeEach(() => probe.db.query('TRUNCATE things'));

const COUNT = 'SELECT count(*)::int AS things FROM things';

describe('a snapshot', () => {
  it('shows one moment, whatever is kept meanwhile', async () => {
    const seen = await snapshots.read(async (db) => {
      const before = await db.query<{ things: number }[]>(COUNT);
      await probe.db.query('INSERT INTO things VALUES (1)');
      return [before, await db.query<{ things: number }[]>(COUNT)];
    });
    expect(seen).toEqual([[{ things: 0 }], [{ things: 0 }]]);
    expect(await probe.db.query(COUNT)).toEqual([{ things: 1 }]);
  });

  it('keeps nothing', async () => {
    await expect(snapshots.read((db) => db.query('INSERT INTO things VALUES (1)'))).rejects.toThrow(
      'read-only',
    );
    expect(await probe.db.query(COUNT)).toEqual([{ things: 0 }]);
  });

  it('has settings of its own, which end with it', async () => {
    const shown = (db: { query: (text: string) => Promise<unknown> }) => db.query('SHOW statement_timeout');
    const before = await shown(probe.db);
    expect(await snapshots.read(shown, { statement_timeout: '7min' })).toEqual([
      { statement_timeout: '7min' },
    ]);
    const asMany = Array.from({ length: 20 }, () => shown(probe.db));
    for (const after of await Promise.all(asMany)) expect(after).toEqual(before);
    await expect(snapshots.read(shown, { no_such_setting: 1 })).rejects.toThrow('no_such_setting');
  });

  it('leaves no connection behind, whatever its work comes to', async () => {
    const work = Array.from({ length: 60 }, (_, index) =>
      snapshots.read(async (db) => {
        await db.query(COUNT);
        if (index % 3 === 0) throw new Error('No.');
        if (index % 3 === 1) await db.query('SELECT 1 / 0');
      }),
    );
    const outcomes = await Promise.allSettled(work);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
    const [open] = await probe.db.query<[{ count: string }]>(
      `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
    );
    expect(open.count).toBe('0');
  });

  it('gives a connection back that was lost', async () => {
    const lost = snapshots.read(async (db) => {
      const [{ pid }] = await db.query<[{ pid: number }]>('SELECT pg_backend_pid() AS pid');
      await probe.db.query('SELECT pg_terminate_backend($1)', [pid]);
      await db.query(COUNT);
    });
    await expect(lost).rejects.toThrow();
    expect(await snapshots.read((db) => db.query(COUNT))).toEqual([{ things: 0 }]);
  });
});
