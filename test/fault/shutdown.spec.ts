import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { Agent, get, type IncomingMessage, request as post } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createTestDatabase } from '../support/database.js';
import { spawnApp } from '../support/process.js';
import { makeServerFolder } from '../support/server-folder.js';

interface Outcome {
  id: string;
  status: number | null;
  complete: boolean;
}

/** A request on a connection of its own; `status` is null when there was no answer at all. */
function request(url: string): Promise<Outcome> {
  const id = randomUUID();
  return new Promise((resolve) => {
    const sent = get(url, { agent: false, headers: { 'x-request-id': id } }, (response) => {
      text(response).then(
        (body) => resolve({ id, status: response.statusCode ?? null, complete: isWhole(body, url) }),
        () => resolve({ id, status: response.statusCode ?? null, complete: false }),
      );
    });
    sent.on('error', () => resolve({ id, status: null, complete: false }));
  });
}

function isWhole(body: string, url: string): boolean {
  if (!url.endsWith('.json')) return body.length > 0;
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}

it('ends on SIGTERM under load: says so first, cuts no answer, exits with 0 in time', async () => {
  const database = await createTestDatabase();
  const app = await spawnApp({ DATABASE_URL: database.url });
  const outcomes: Outcome[] = [];
  let loading = true;
  const load = Array.from({ length: 8 }, async () => {
    while (loading) {
      const outcome = await request(`${app.url}/api/openapi.json`);
      outcomes.push(outcome);
      if (outcome.status === null) await delay(5);
    }
  });
  const readiness: (number | null)[] = [];
  const probe = (async () => {
    while (loading) {
      readiness.push((await request(`${app.url}/health/ready`)).status);
      await delay(20);
    }
  })();
  await expect.poll(() => outcomes.length, { timeout: 20_000 }).toBeGreaterThan(40);

  const stoppedAt = performance.now();
  const exit = await app.kill('SIGTERM');
  const tookMs = performance.now() - stoppedAt;
  loading = false;
  await Promise.all([...load, probe]);

  expect(exit).toEqual({ code: 0, signal: null });
  expect(tookMs).toBeLessThan(10_000);
  expect(readiness).toContain(503);
  const answered = outcomes.filter(({ status }) => status !== null);
  expect(answered.filter(({ status, complete }) => !complete || (status !== 200 && status !== 503))).toEqual(
    [],
  );
  // What the program handled, it also answered: nothing in its log lacks an answer here.
  const unanswered = outcomes.filter(({ status }) => status === null).map(({ id }) => id);
  expect(unanswered.filter((id) => app.output().includes(id))).toEqual([]);
  await database.drop();
});

it('ends within 3 s when idle, connections kept alive included, and lets go of its database', async () => {
  const database = await createTestDatabase();
  const app = await spawnApp({ DATABASE_URL: database.url });
  const { hostname, port } = new URL(app.url);
  const idle = connect(Number(port), hostname);
  idle.on('error', () => undefined);
  await fetch(`${app.url}/health/live`);
  const stoppedAt = performance.now();
  expect(await app.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(performance.now() - stoppedAt).toBeLessThan(3_000);
  idle.destroy();
  await database.drop();
});

it('answers a request that is half sent when it is told to stop', async () => {
  const database = await createTestDatabase();
  const app = await spawnApp({ DATABASE_URL: database.url });
  const agent = new Agent({ keepAlive: true });
  const body = JSON.stringify({ email: 'nobody@example.com', password: 'not the password' });
  const sending = post(`${app.url}/api/v1/auth/login`, {
    agent,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': String(body.length) },
  });
  const answer = once(sending, 'response') as Promise<[IncomingMessage]>;
  sending.write(body.slice(0, 10));
  await fetch(`${app.url}/health/live`);
  const exit = app.kill('SIGTERM');
  // It stops taking connections once it has said for a moment that it will.
  await expect
    .poll(async () => (await request(`${app.url}/health/live`)).status, { timeout: 5_000 })
    .toBe(null);
  sending.end(body.slice(10));
  const [response] = await answer;
  expect([response.statusCode, await text(response)]).toEqual([
    401,
    expect.stringContaining('INVALID_CREDENTIALS'),
  ]);
  expect(await exit).toEqual({ code: 0, signal: null });
  agent.destroy();
  await database.drop();
});

it('stops its embedded database too', async () => {
  const directory = makeServerFolder('shutdown');
  const app = await spawnApp({ TRIBUTARY_DATA_DIR: join(directory, 'data') });
  expect((await fetch(`${app.url}/health/ready`)).status).toBe(200);
  const stoppedAt = performance.now();
  expect(await app.kill('SIGINT')).toEqual({ code: 0, signal: null });
  expect(performance.now() - stoppedAt).toBeLessThan(5_000);
  rmSync(directory, { recursive: true, force: true });
});
