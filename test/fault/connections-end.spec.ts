import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackgroundWork } from '../../src/app.setup.js';
import { ChannelListener, Jobs, UnitOfWork } from '../../src/platform/index.js';
import { createProbeApp, type ProbeApp } from '../integration/platform/probe-app.js';
import { Arrivals } from '../support/arrivals.js';
import { createTestDatabase, execute, type TestDatabase } from '../support/database.js';
import { type Connection, WAYS_TO_DATABASE } from '../support/pooler.js';

/** What comes after the first time must outlive it, too. */
const TIMES = 2;

describe.each(WAYS_TO_DATABASE)('a program connected $way', ({ open }) => {
  let database: TestDatabase;
  let connection: Connection;
  let probe: ProbeApp;
  let listener: ChannelListener;
  const done = new Arrivals<string>();
  const heard = new Arrivals<string>();
  const began = new Arrivals<true>();

  beforeAll(async () => {
    database = await createTestDatabase('started');
    connection = await open(database.url);
    probe = await createProbeApp({}, { databaseUrl: connection.url, background: false });
    probe.app.get(Jobs).handle<{ value: string }>('probe.job', ({ value }) => {
      done.add(value);
      return Promise.resolve();
    });
    await startBackgroundWork(probe.app);
    listener = new ChannelListener({
      databaseUrl: connection.url,
      channel: 'Of the "probe"',
      applicationName: 'probe-listener',
      heard: (payload) => heard.add(payload),
      began: () => began.add(true),
    });
    await listener.open();
  });
  afterAll(async () => {
    await listener.close();
    await probe.close();
    await connection.stop();
    await database.drop();
  });

  async function everythingWorks(value: string): Promise<void> {
    expect((await probe.http.post('/api/v1/probe/effects').send({ value })).status).toBe(201);
    await probe.app.get(UnitOfWork).run((tx) => probe.app.get(Jobs).send(tx, 'probe.job', { value }));
    await done.waitFor((item) => item === value, 20_000);
    await probe.db.query('SELECT pg_notify($1, $2)', ['Of the "probe"', value]);
    await heard.waitFor((item) => item === value);
  }

  it('goes on when they end, again and again', async () => {
    await everythingWorks('before');
    for (let time = 1; time <= TIMES; time += 1) {
      await execute(
        database.url,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      );
      await began.waitForCount(time + 1, 20_000);
      const ready = async () => (await probe.http.get('/health/ready')).status;
      await expect.poll(ready, { interval: 50 }).toBe(200);
      await everythingWorks(`after ${time}`);
    }
  });
});
