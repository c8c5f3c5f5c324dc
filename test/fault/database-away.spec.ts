import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBackgroundWork } from '../../src/app.setup.js';
import { Jobs, UnitOfWork } from '../../src/platform/index.js';
import { createProbeApp, type ProbeApp } from '../integration/platform/probe-app.js';
import { Arrivals } from '../support/arrivals.js';
import { type DurableServer, startDurableServer } from '../support/durable-server.js';

let server: DurableServer;
let probe: ProbeApp;
const done = new Arrivals<string>();

beforeAll(async () => {
  server = await startDurableServer();
  probe = await createProbeApp({}, { databaseUrl: server.url, background: false });
  probe.app.get(Jobs).handle<{ value: string }>('probe.job', async ({ value }) => {
    done.add(value);
    await Promise.resolve();
  });
  await startBackgroundWork(probe.app);
});
afterAll(async () => {
  await probe.close();
  await server.stop();
});

interface Timed {
  status: number;
  retryAfter: string | undefined;
  ms: number;
}

async function timed(
  request: PromiseLike<{ status: number; headers: Record<string, string> }>,
): Promise<Timed> {
  const startedAt = performance.now();
  const { status, headers } = await request;
  return { status, retryAfter: headers['retry-after'], ms: performance.now() - startedAt };
}

const ready = () => timed(probe.http.get('/health/ready'));
const write = () => timed(probe.http.post('/api/v1/probe/effects').send({ value: 'x' }));
const run = (sql: string) => timed(probe.http.post('/api/v1/probe/query').send({ value: sql }));

/** Has a statement run until it can be seen from another connection: then it is under way for certain. */
async function begin(sql: string): Promise<{ ended: Promise<Timed> }> {
  const ended = run(sql);
  const seen = () => probe.db.query('SELECT FROM pg_stat_activity WHERE query = $1', [sql]);
  await expect.poll(seen, { timeout: 10_000 }).toHaveLength(1);
  return { ended };
}

const becomesReady = () =>
  expect.poll(async () => (await ready()).status, { timeout: 10_000, interval: 50 }).toBe(200);

async function doesJobs(value: string): Promise<void> {
  await probe.app.get(UnitOfWork).run((tx) => probe.app.get(Jobs).send(tx, 'probe.job', { value }));
  await done.waitFor((item) => item === value, 20_000);
}

it.skipIf(process.platform !== 'linux')(
  'answers 503 within 5 s while PostgreSQL hangs, and goes on after',
  async () => {
    expect((await ready()).status).toBe(200);
    const underWay = await begin('SELECT pg_sleep(14)');
    server.signal('SIGSTOP');
    try {
      for (const answer of await Promise.all([underWay.ended, write(), ready()])) {
        expect(answer).toMatchObject({ status: 503, retryAfter: '5' });
        expect(answer.ms).toBeLessThan(5_000);
      }
      const atOnce = await write();
      expect(atOnce.status).toBe(503);
      expect(atOnce.ms).toBeLessThan(500);
      expect((await probe.http.get('/health/live')).status).toBe(200);
      expect((await probe.http.get('/metrics')).status).toBe(200);
    } finally {
      server.signal('SIGCONT');
    }
    await becomesReady();
    expect((await write()).status).toBe(201);
    await doesJobs('after the stop');
  },
);

it('lives on when PostgreSQL is killed under load, and loses nothing that it acknowledged', async () => {
  await probe.db.query('TRUNCATE effects');
  let acknowledged = 0;
  let refused = 0;
  let loading = true;
  const load = Array.from({ length: 8 }, async () => {
    while (loading) {
      const { status, retryAfter } = await write();
      if (status === 201) acknowledged += 1;
      else {
        expect([status, retryAfter]).toEqual([503, '5']);
        refused += 1;
      }
    }
  });
  await expect.poll(() => acknowledged, { timeout: 10_000 }).toBeGreaterThan(50);
  process.kill(server.pid(), 'SIGKILL');
  await expect.poll(() => refused, { timeout: 10_000 }).toBeGreaterThan(0);
  await becomesReady();
  const atRecovery = acknowledged;
  await expect.poll(() => acknowledged, { timeout: 10_000 }).toBeGreaterThan(atRecovery + 50);
  loading = false;
  await Promise.all(load);
  // What was committed but cut off before its answer may be there too.
  expect(await probe.effects()).toBeGreaterThanOrEqual(acknowledged);
  expect(await probe.effects()).toBeLessThanOrEqual(acknowledged + refused);
  await doesJobs('after the kill');
});

it('recovers when all its connections are ended', async () => {
  const underWay = await begin('SELECT pg_sleep(14)');
  await probe.db.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name LIKE 'tributary%' AND pid <> pg_backend_pid()`,
  );
  expect(await underWay.ended).toMatchObject({ status: 503, retryAfter: '5' });
  await becomesReady();
  expect((await write()).status).toBe(201);
  await doesJobs('after the end of connections');
});

it('answers 503, not 500, when a statement or a lock takes too long', async () => {
  const slow = run('SELECT pg_sleep(20)');
  await probe.db.transaction(async (tx) => {
    await tx.query('LOCK TABLE effects IN ACCESS EXCLUSIVE MODE');
    const answer = await run('SELECT count(*) FROM effects');
    expect(answer).toMatchObject({ status: 503, retryAfter: '5' });
    expect(answer.ms).toBeGreaterThan(2_000);
    expect(answer.ms).toBeLessThan(5_000);
  });
  const answer = await slow;
  expect(answer).toMatchObject({ status: 503, retryAfter: '5' });
  expect(answer.ms).toBeGreaterThan(14_000);
});
