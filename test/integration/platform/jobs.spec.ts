import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBackgroundWork } from '../../../src/app.setup.js';
import { Jobs, UnitOfWork } from '../../../src/platform/index.js';
import { Arrivals } from '../../support/arrivals.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { createProbeApp, type ProbeApp } from './probe-app.js';

let database: TestDatabase;
let probe: ProbeApp;
const began = new Arrivals<string>();
const ended = new Arrivals<string>();
let release: () => void;
const released = new Promise<void>((resolve) => (release = resolve));

beforeAll(async () => {
  database = await createTestDatabase();
  probe = await createProbeApp({}, { databaseUrl: database.url, background: false });
  const jobs = probe.app.get(Jobs);
  jobs.handle<{ value: string }>('probe.plain', ({ value }) => {
    ended.add(value);
    return Promise.resolve();
  });
  jobs.handle<{ value: string }>(
    'probe.exclusive',
    async ({ value }) => {
      began.add(value);
      await released;
      ended.add(value);
    },
    { exclusive: true, concurrency: 3 },
  );
  await startBackgroundWork(probe.app);
});
afterAll(() => database.drop());

const send = (name: string, value: string, options: { singletonKey?: string; startAfter?: Date } = {}) =>
  probe.app.get(UnitOfWork).run((tx) => probe.app.get(Jobs).send(tx, name, { value }, options));

it('refuses a second handler of the same name', () => {
  expect(() => probe.app.get(Jobs).handle('probe.plain', () => Promise.resolve())).toThrow(
    'registered twice',
  );
});

it('refuses a job that nobody handles, and with it the transaction', async () => {
  await expect(send('probe.unknown', 'x')).rejects.toThrow('probe.unknown');
});

it('starts a job not before its time', async () => {
  await send('probe.plain', 'later', { startAfter: new Date(Date.now() + 3_600_000) });
  await send('probe.plain', 'now');
  await ended.waitFor((value) => value === 'now', 20_000);
  expect(ended.items).not.toContain('later');
});

it('keeps an exclusive job single per key, while other keys go on', async () => {
  await send('probe.exclusive', 'first', { singletonKey: 'a' });
  await began.waitFor((value) => value === 'first', 20_000);
  await send('probe.exclusive', 'second', { singletonKey: 'a' });
  await send('probe.exclusive', 'other', { singletonKey: 'b' });
  await began.waitFor((value) => value === 'other', 20_000);
  expect(began.items).toEqual(['first', 'other']);
});

it('waits for the running jobs when it stops', async () => {
  const closed = probe.close();
  expect(ended.items).not.toContain('first');
  release();
  await closed;
  expect(ended.items).toEqual(expect.arrayContaining(['first', 'other']));
});
