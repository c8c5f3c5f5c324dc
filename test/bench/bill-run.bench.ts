import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTrackingScene } from '../support/tracking-scene.js';
import { type BenchServer, median, print, startBenchServer, takeTurns } from './measure.js';
import { childrenCpuSeconds, parentOf, treeCpuSeconds } from './cpu-time.js';
import { billsBySql, fillProgram, RESET, TERMS } from './bill-run-program.js';

const ROOT = join(import.meta.dirname, '../..');
/** Options of Node.js and the file, as `npm run bill-run` has them. */
const COMMAND = commandOf('bill-run');
const PARTNERS = Number(process.env['BENCH_PARTNERS'] ?? 100_000);
/** A round of the full size lasts minutes: two of them, and the one before that does not count. */
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? (PARTNERS < 50_000 ? 5 : 2));
const PREPARING_MS = 900_000;
const MEASURING_MS = 2_400_000;
/** Of a partner, one player each. */
const PROMOS = 10;
/** Of a player, in October. */
const INTERVALS = 5;
const LOOK_EVERY_MS = 100;

let server: BenchServer;
let url: string;
let client: pg.Client;
let highestMemoryMb = 0;
let postmaster: number;
/** Seconds of each round: of the database for either side, and of our process from its start to its end. */
const cpu = { ours: [] as number[], yardstick: [] as number[], process: [] as number[] };
const plans: string[] = [];

beforeAll(async () => {
  server = await startBenchServer();
  url = await server.makeDatabase('bill_run');
  client = new pg.Client(url);
  await client.connect();
  postmaster = await postmasterOf(client);
  for (const [place, currency] of ['EUR', 'USD'].entries()) {
    const scene = await makeTrackingScene(url, { currency });
    plans.push(scene.planId);
    await client.query(
      `INSERT INTO commission_plan_versions (id, plan_id, version, strategies, admin_fee_bps, negative_carry_over,
                                             created_at)
       VALUES (gen_random_uuid(), $1, 1, $2, 1000, true, now())`,
      [scene.planId, JSON.stringify(TERMS)],
    );
    await fillProgram(client, scene, {
      first: place * (PARTNERS / 2),
      partners: PARTNERS / 2,
      promos: PROMOS,
      intervals: INTERVALS,
    });
  }
  await client.query('VACUUM ANALYZE');
}, PREPARING_MS);
afterAll(async () => {
  await client.end();
  await server.stop();
});

function commandOf(script: string): string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  return scripts[script]!.split(' ').slice(1);
}

/** Bills of every round must be the same, with their lines and explanations. */
async function checksum(): Promise<string> {
  await client.query('ANALYZE bills, bill_lines, bill_explanations');
  const { rows } = await client.query<{ sum: string }>(
    `SELECT concat_ws(' ', count(*), sum(b.issued_minor), sum(l.lines), sum(l.amount),
                      sum(hashtextextended(concat_ws(':', b.partner_id, b.issued_minor, l.lines, l.hash), 0)::numeric)) AS sum
       FROM bills b
       JOIN (SELECT bill_id, count(*) AS lines, sum(amount_minor) AS amount,
                    sum(hashtextextended(concat_ws(':', line_key, quantity, base_minor, amount_minor,
                        coalesce(shared -> split_part(line_key, ':', 1), '{}') || explanation), 0)::numeric) AS hash
               FROM bill_lines JOIN bill_explanations USING (bill_id) GROUP BY bill_id) l ON l.bill_id = b.id`,
  );
  return rows[0]!.sum;
}

let expected: string | null = null;

/** Starts from nothing billed; `work` gives its seconds. */
async function partnersPerSecond(side: 'ours' | 'yardstick', work: () => Promise<number>): Promise<number> {
  await client.query(RESET);
  await client.query(
    `INSERT INTO fact_changes (campaign_id, partner_id, occurred_at)
     SELECT campaign_id, partner_id, '2026-10-01' FROM bench_campaigns`,
  );
  await client.query('VACUUM ANALYZE fact_changes');
  await client.query('CHECKPOINT');
  const before = { database: treeCpuSeconds(postmaster), process: childrenCpuSeconds() };
  const seconds = await work();
  cpu[side].push(treeCpuSeconds(postmaster) - before.database);
  if (side === 'ours') cpu.process.push(childrenCpuSeconds() - before.process);
  const sum = await checksum();
  expected ??= sum;
  expect(sum).toBe(expected);
  process.stdout.write(`bill run: ${side} ${seconds.toFixed(1)} s\n`);
  return PARTNERS / seconds;
}

/** The command in a process of its own, as an operator runs it, from the run's start to its end. */
async function ours(): Promise<number> {
  const child = spawn(process.execPath, [...COMMAND, '--through', '2026-10-31'], {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      NODE_OPTIONS: process.env['BENCH_NODE_OPTIONS'],
      DATABASE_URL: url,
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const watch = setInterval(() => {
    highestMemoryMb = Math.max(highestMemoryMb, memoryMb(child.pid!));
  }, LOOK_EVERY_MS);
  const [code] = (await once(child, 'close')) as [number];
  clearInterval(watch);
  if (code !== 0) throw new Error(output);
  const { rows } = await client.query<{ seconds: number }>(
    'SELECT extract(epoch FROM finished_at - started_at)::float AS seconds FROM bill_runs',
  );
  return rows[0]!.seconds;
}

function memoryMb(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;
  } catch {
    // The process is over.
    return 0;
  }
}

async function postmasterOf(connection: pg.Client): Promise<number> {
  const { rows } = await connection.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return parentOf(rows[0]!.pid);
}

function medianText(rounds: readonly number[]): string {
  return median(rounds).toFixed(1);
}

async function yardstick(): Promise<number> {
  const started = performance.now();
  await client.query('BEGIN');
  for (const planId of plans) await client.query(billsBySql(planId));
  await client.query('COMMIT');
  return (performance.now() - started) / 1_000;
}

describe('bill run', () => {
  it('of a month, tiers and CPA', { timeout: MEASURING_MS }, async () => {
    const result = await takeTurns(
      () => partnersPerSecond('ours', ours),
      () => partnersPerSecond('yardstick', yardstick),
      ROUNDS,
    );
    print('bill run', 'partners/s', result, '≥ 0.67: at most 1.5 × the time');
    process.stdout.write(
      `bill run: highest memory ${Math.round(highestMemoryMb)} MB (goal ≤ 300), bills ${expected}\n` +
        `bill run: CPU of the database ${medianText(cpu.ours)} s (yardstick ${medianText(cpu.yardstick)} s), of our process ` +
        `${medianText(cpu.process)} s with its start\n`,
    );
  });
});
