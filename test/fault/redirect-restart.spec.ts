import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DurableServer, startDurableServer } from '../support/durable-server.js';
import { type AppProcess, spawnApp } from '../support/process.js';
import { makeTrackingScene } from '../support/tracking-scene.js';

const CONNECTIONS = 16;
/** How long a visitor waits: 4 s, and what a loaded machine adds. */
const WAIT_MS = 6_000;
const RECOVERY_MS = 10_000;

interface Answer {
  status: number;
  retryAfter: string | null;
  ms: number;
  /** The visit's id; null where nobody was redirected. */
  tag: string | null;
}

let server: DurableServer;
let app: AppProcess;
let link: string;

beforeAll(async () => {
  server = await startDurableServer();
  const scene = await makeTrackingScene(server.url);
  app = await spawnApp({ DATABASE_URL: server.url, LOG_LEVEL: 'error' });
  link = `${app.url}/r/${scene.promos[0]!.code}`;
});
afterAll(async () => {
  await app.kill();
  await server.stop();
});

async function click(): Promise<Answer> {
  const startedAt = performance.now();
  const response = await fetch(link, { redirect: 'manual' });
  await response.arrayBuffer();
  const location = response.headers.get('location');
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    ms: performance.now() - startedAt,
    tag: location && new URL(location).searchParams.get('tag'),
  };
}

/** Visitors who click over and over until they are told to stop. */
function startVisitors(): { answers: Answer[]; stop(): Promise<void> } {
  const answers: Answer[] = [];
  let clicking = true;
  const visitors = Array.from({ length: CONNECTIONS }, async () => {
    while (clicking) answers.push(await click());
  });
  return {
    answers,
    stop: async () => {
      clicking = false;
      await Promise.all(visitors);
    },
  };
}

const redirected = (answers: readonly Answer[]): Answer[] => answers.filter(({ status }) => status === 302);

/** Resolves when so many more were redirected. */
function areRedirected(answers: readonly Answer[], more: number): Promise<void> {
  const before = redirected(answers).length;
  return expect
    .poll(() => redirected(answers).length, { timeout: RECOVERY_MS, interval: 20 })
    .toBeGreaterThan(before + more);
}

async function number(sql: string, parameters: readonly unknown[] = []): Promise<number> {
  const client = new pg.Client(server.url);
  await client.connect();
  const { rows } = await client.query<{ number: number }>(sql, [...parameters]);
  await client.end();
  return rows[0]!.number;
}

async function expectStored(tags: readonly string[]): Promise<void> {
  const stored = await number('SELECT count(*)::int AS number FROM visits WHERE id = ANY($1)', [tags]);
  expect(stored).toBe(tags.length);
}

describe.skipIf(process.platform !== 'linux')('B02 PostgreSQL goes away while visitors click', () => {
  it('lets them wait within a bound, then answers 503; goes on by itself, and has stored whom it redirected', async () => {
    const { answers, stop } = startVisitors();
    await areRedirected(answers, 300);

    server.signal('SIGKILL');
    await areRedirected(answers, 300);

    // Away for longer than anybody waits: it hangs, and then it is gone.
    server.signal('SIGSTOP');
    await expect
      .poll(() => answers.filter(({ status }) => status === 503).length, { timeout: RECOVERY_MS })
      .toBeGreaterThanOrEqual(CONNECTIONS);
    server.signal('SIGKILL');
    await areRedirected(answers, 300);
    await stop();

    const refused = answers.filter(({ status }) => status !== 302);
    expect(new Set(refused.map(({ status, retryAfter }) => `${status} ${retryAfter}`))).toEqual(
      new Set(['503 2']),
    );
    expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(WAIT_MS);
    const tags = redirected(answers).map(({ tag }) => tag!);
    expect(new Set(tags).size).toBe(tags.length);
    await expectStored(tags);
    // Requests have connections of their own, which come back in their own time.
    const readiness = async (): Promise<number> => (await fetch(`${app.url}/health/ready`)).status;
    await expect.poll(readiness, { timeout: RECOVERY_MS }).toBe(200);
  });

  it('leaves a connection that has fallen silent for another one', async () => {
    const writer = await number(
      "SELECT pid AS number FROM pg_stat_activity WHERE application_name = 'tributary-visits'",
    );
    process.kill(writer, 'SIGSTOP');
    try {
      expect(await click()).toMatchObject({ status: 503, retryAfter: '2' });
      await expect.poll(async () => (await click()).status, { timeout: RECOVERY_MS }).toBe(302);
    } finally {
      process.kill(writer, 'SIGCONT');
    }
  });
});
