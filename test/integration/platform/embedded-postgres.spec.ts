import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '../../../src/platform/database/embedded-postgres.js';
import { makeServerFolder } from '../../support/server-folder.js';

let directory: string;

beforeEach(() => {
  directory = makeServerFolder('embedded');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const start = () => startEmbeddedPostgres({ dataDirectory: join(directory, 'data'), fsync: false });

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url);
  // A server that stops ends the connection as well as the statement; the statement's error is the one to tell.
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function eventually<T>(check: () => Promise<T>, timeoutMs = 10_000): Promise<T> {
  for (const deadline = Date.now() + timeoutMs; ; await delay(50)) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

function serverPid(): number {
  return Number(readFileSync(join(clusterDirectory(), 'postmaster.pid'), 'utf8').split('\n')[0]);
}

function clusterDirectory(): string {
  const data = join(directory, 'data');
  const here = readdirSync(data).includes('cluster');
  return join(here ? data : readFileSync(join(data, 'moved-to'), 'utf8').trim(), 'cluster');
}

/** Another application, with its `server`. */
function spawnElsewhere(work: string): ChildProcessByStdio<null, Readable, null> {
  const module = JSON.stringify(
    join(import.meta.dirname, '../../../dist/src/platform/database/embedded-postgres.js'),
  );
  const options = JSON.stringify({ dataDirectory: join(directory, 'data'), fsync: false });
  const program = `const { startEmbeddedPostgres } = await import(${module});
    const server = await startEmbeddedPostgres(${options}); console.log(server.url); ${work}`;
  return spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Another application, killed without a chance to clean up. */
async function startElsewhere(): Promise<{ child: ChildProcess; url: string }> {
  const child = spawnElsewhere('setInterval(() => {}, 1000);');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, url: line.toString().trim() };
}

it('keeps its data, port and password from start to start, and starts warm quickly', async () => {
  const first = await start();
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await first.stop();
  await expect(query(first.url, 'SELECT 1')).rejects.toThrow();

  const startedAt = performance.now();
  const second = await start();
  const warmMs = performance.now() - startedAt;
  expect(second.url).toBe(first.url);
  expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  expect(warmMs).toBeLessThan(1_000);
  await second.stop();
});

it('listens on loopback only, wants the password and keeps it from other accounts', async () => {
  const server = await start();
  const settings = await query(
    server.url,
    `SELECT current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets`,
  );
  expect(settings).toEqual([{ addresses: '127.0.0.1', sockets: '' }]);
  const url = new URL(server.url);
  url.password = 'wrong';
  await expect(query(url.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  expect(statSync(join(clusterDirectory(), 'tributary.password')).mode & 0o777).toBe(0o600);
  await server.stop();
});

it('is shared by applications that start at once and stops with the last of them', async () => {
  const [first, second] = await Promise.all([start(), start()]);
  expect(second.url).toBe(first.url);
  await first.stop();
  expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await second.stop();
  await expect(query(second.url, 'SELECT 1')).rejects.toThrow();
});

it('is joined by a command, which has nothing else to wait for', async () => {
  const server = await start();
  const command = spawnElsewhere('await server.stop();');
  const [printed, [code]] = await Promise.all([text(command.stdout), once(command, 'close')]);
  expect([code, printed.trim()]).toEqual([0, server.url]);
  await server.stop();
});

it('stops when the application is killed', async () => {
  const { child, url } = await startElsewhere();
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  child.kill('SIGKILL');
  await eventually(() => expect(query(url, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/));
});

it('comes back when the server is killed under the application', async () => {
  const server = await start();
  process.kill(serverPid(), 'SIGKILL');
  expect(await eventually(() => query(server.url, 'SELECT 1 AS one'))).toEqual([{ one: 1 }]);
  await server.stop();
});

it.skipIf(process.getuid?.() !== 0)('moves beneath a folder that its account can reach', async () => {
  chmodSync(directory, 0o700);
  const server = await start();
  expect(readdirSync(join(directory, 'data'))).toEqual(['moved-to']);
  expect(statSync(clusterDirectory()).uid).not.toBe(0);
  await server.stop();
  rmSync(join(clusterDirectory(), '..'), { recursive: true });
});
