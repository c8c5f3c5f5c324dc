import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { Pool } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Passwords } from '../../src/identity/index.js';
import { type AppProcess, spawnApp } from '../support/process.js';
import { type BenchServer, median, startBenchServer } from './measure.js';

/** Each kind of failure is tried this often, in turns. */
const TRIES = 200;
const CASES = ['unknown', 'wrong', 'locked', 'blocked'] as const;
type Case = (typeof CASES)[number];

/** The medians lie this close together: nobody can tell the cases apart by them. */
const APART = 0.1;

let server: BenchServer;
let app: AppProcess;
let database: pg.Client;
let http: Pool;

beforeAll(async () => {
  server = await startBenchServer();
  const url = await server.makeDatabase('sign_in');
  database = new pg.Client(url);
  await database.connect();
  app = await spawnApp({ DATABASE_URL: url, LOG_LEVEL: 'warn' });
  http = new Pool(app.url);
  const passwordHash = await new Passwords().hashNew('a long and unusual pass phrase');
  for (const name of CASES.slice(1)) {
    await database.query(
      `INSERT INTO users (id, email, password_hash, name, created_at, email_verified_at, locked_at, blocked_at)
       VALUES ($1, $2, $3, 'Ann', now(), now(), $4, $5)`,
      [
        randomUUID(),
        emailOf(name),
        passwordHash,
        name === 'locked' ? new Date() : null,
        name === 'blocked' ? new Date() : null,
      ],
    );
  }
});
afterAll(async () => {
  await http.close();
  await app.kill();
  await database.end();
  await server.stop();
});

const emailOf = (name: Case): string => `${name}@example.com`;

/** Milliseconds that a failing sign-in takes. */
async function failedSignIn(name: Case): Promise<number> {
  const start = performance.now();
  const { statusCode, body } = await http.request({
    method: 'POST',
    path: '/api/v1/auth/login',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: emailOf(name), password: 'not the pass phrase' }),
  });
  const { code } = (await body.json()) as { code: string };
  const ms = performance.now() - start;
  expect([statusCode, code]).toEqual([401, 'INVALID_CREDENTIALS']);
  return ms;
}

/** As if nobody had failed before: the user with the wrong password must not become a locked one. */
async function forgetFailures(): Promise<void> {
  await database.query('DELETE FROM sign_in_failures');
}

describe('sign-in', () => {
  it(`unknown, wrong, locked and blocked take the same time (rule 10.1): medians of ${TRIES} within 10 %`, async () => {
    const times: Record<Case, number[]> = { unknown: [], wrong: [], locked: [], blocked: [] };
    for (let round = 0; round <= TRIES; round += 1) {
      for (const position of CASES.keys()) {
        const name = CASES[(round + position) % CASES.length]!;
        const ms = await failedSignIn(name);
        // The first round warms up.
        if (round > 0) times[name].push(ms);
      }
      await forgetFailures();
    }
    const medians = CASES.map((name) => median(times[name]));
    const figures = CASES.map((name, index) => `${name} ${medians[index]!.toFixed(1)} ms`).join(', ');
    const ratio = Math.max(...medians) / Math.min(...medians);
    process.stdout.write(`sign-in: ${figures}, apart ${((ratio - 1) * 100).toFixed(1)} % (goal ≤ 10 %)\n`);
    expect(ratio).toBeLessThanOrEqual(1 + APART);
  });
});
