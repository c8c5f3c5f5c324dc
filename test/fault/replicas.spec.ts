import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ReplicaSnapshots } from '../../src/platform/index.js';
import { COLUMNS } from '../../src/reports/domain/catalogue/columns.js';
import { type Reader, ReportScene } from '../integration/reports/report-scene.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { execute } from '../support/database.js';
import { body } from '../support/journey.js';
import { type ReplicatedServer, startReplicatedServer } from '../support/replicated-server.js';

let server: ReplicatedServer;
let app: TestApp;
let scene: ReportScene;
let ann: Reader;
let visits = 0;

beforeAll(async () => {
  // What the primary has acknowledged comes to the standby later. There, reports do not hold up what is to be replayed.
  server = await startReplicatedServer({
    synchronous: false,
    settings: { max_standby_streaming_delay: '100ms' },
  });
  app = await createTestApp({
    databaseUrl: server.url,
    background: false,
    env: { DATABASE_URL: server.url, DATABASE_REPLICA_URLS: server.standbyUrl },
  });
  scene = await ReportScene.open(app);
  ann = await scene.reader();
  await app.db.query('CREATE TABLE things (id int)');
});
afterAll(async () => {
  await app.close();
  await server.stop();
});

async function rowsOf<T extends object>(url: string, text: string): Promise<T[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
}

/** Whether the metrics say so of the standby. */
async function usable(): Promise<boolean> {
  const { text } = await app.http.get('/metrics');
  const { host } = new URL(server.standbyUrl);
  return text.includes(`tributary_replica_usable{replica="${host}"} 1`);
}

/** Whether a report ended on the standby since: snapshots end so, and questions how far it has come do not. */
async function readSince(time: Date): Promise<boolean> {
  const reads = await rowsOf(
    server.standbyUrl,
    `SELECT FROM pg_stat_activity WHERE application_name = 'tributary' AND query = 'ROLLBACK'
        AND state_change > '${time.toISOString()}'`,
  );
  return reads.length > 0;
}

/** The visits that the report tells of. */
async function reported(): Promise<unknown> {
  const query = `from=${scene.day}&to=${scene.day}&columns[]=visits_count`;
  const report = body<{ totals: { data: { value: unknown }[][] } }>(
    await ann.as.get(`partner/reports/performance?${query}`),
    200,
  );
  return report.totals.data[0]![0]!.value;
}

async function visitAndReport(): Promise<void> {
  await scene.visits(ann.partnerId, `Campaign ${(visits += 1)}`, 1);
  expect(await reported()).toBe(visits);
}

/** Reports come from the standby once more. */
async function becomesRead(): Promise<void> {
  const since = new Date();
  const isRead = async () => {
    await visitAndReport();
    return readSince(since);
  };
  await expect.poll(isRead).toBe(true);
}

/** Where each try was made of work that does not end on the standby, where it begins, unless `fault` ends it. */
async function triesUntil(fault: () => unknown): Promise<string[]> {
  await expect.poll(usable).toBe(true);
  const tries: string[] = [];
  await app.app.get(ReplicaSnapshots).read(
    async (db) => {
      const [{ standby }] = await db.query<[{ standby: boolean }]>(
        'SELECT pg_is_in_recovery() AS standby, count(*) FROM things',
      );
      tries.push(standby ? 'standby' : 'primary');
      if (!standby) return;
      const sleep = db.query('SELECT pg_sleep(60)');
      await Promise.all([sleep, fault()]);
    },
    { statement_timeout: '60s' },
  );
  // The standby may have fallen behind again just then.
  return tries[0] === 'standby' ? tries : triesUntil(fault);
}

it('B14 reads reports from the standby, with what was committed just before', async () => {
  await expect.poll(usable).toBe(true);
  const begun = new Date();
  for (let time = 0; time < 20; time += 1) await visitAndReport();
  expect(await readSince(begun)).toBe(true);
});

it('B14 ends the statement of a report that nobody reads any more, on the standby', async () => {
  const long = await scene.reader();
  await scene.visits(long.partnerId, 'Long', 50_000);
  const { token } = body<{ token: string }>(await long.as.get('me/statistic-token'), 200);
  // More than the system's buffers take.
  const wide = Object.keys(COLUMNS).map((column) => `columns[]=${column}`);
  const query = [`from=${scene.day}&to=${scene.day}&group_by[]=dynamic_tag_n`, ...wide].join('&');
  const underWay = (url: string) =>
    rowsOf(
      url,
      `SELECT FROM pg_stat_activity
        WHERE application_name = 'tributary' AND state = 'active' AND query LIKE '%visits%'`,
    );
  let unread: Response | undefined;
  const isReadFromStandby = async (): Promise<boolean> => {
    await unread?.body!.cancel();
    unread = await fetch(`${app.url}/feeds/report.json?${query}&token=${token}`);
    // An idle connection is there then: what is left of the report must not pass before one is made that tells the server
    // to stop.
    await reported();
    return (await underWay(server.standbyUrl)).length === 1;
  };
  // The standby may have fallen behind by the visits.
  await expect.poll(isReadFromStandby).toBe(true);
  await expect.poll(() => underWay(server.url)).toHaveLength(0);
  const said = () => readFileSync(server.standbyLog, 'utf8');
  expect(said()).not.toContain('due to user request');
  await unread!.body!.cancel();
  await expect.poll(said).toContain('due to user request');
  expect(await underWay(server.standbyUrl)).toHaveLength(0);
});

it('B14 goes on from the primary when the standby cancels a report that is in the way of its replay', async () => {
  expect(await triesUntil(() => app.db.query('TRUNCATE things'))).toEqual(['standby', 'primary']);
});

it('B14 reads from the primary while the standby lags, and from the standby when it has caught up', async () => {
  await execute(server.standbyUrl, 'SELECT pg_wal_replay_pause()');
  const paused = new Date();
  await visitAndReport();
  await expect.poll(usable).toBe(false);
  await visitAndReport();
  expect(await readSince(paused)).toBe(false);
  await execute(server.standbyUrl, 'SELECT pg_wal_replay_resume()');
  await becomesRead();
});

it('B14 goes on from the primary when the standby hangs, and is as ready as before', async () => {
  expect(await triesUntil(() => server.signalStandby('SIGSTOP'))).toEqual(['standby', 'primary']);
  expect(await usable()).toBe(false);
  expect((await app.http.get('/health/ready')).status).toBe(200);
  await visitAndReport();
  server.signalStandby('SIGCONT');
  await becomesRead();
});

it('B14 goes on from the primary when the standby is killed', async () => {
  expect(await triesUntil(() => server.signalStandby('SIGKILL'))).toEqual(['standby', 'primary']);
  await visitAndReport();
  await becomesRead();
});
