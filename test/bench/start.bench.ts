import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { spawnApp } from '../support/process.js';
import { type BenchServer, median, print, startBenchServer, takeTurns } from './measure.js';

const PLAIN_APP = join(import.meta.dirname, 'plain-nest-app.mjs');
/** After it, what a start does beside answering is over. */
const SETTLING_MS = 2_000;
const KIB_PER_MIB = 1_024;

let server: BenchServer;
let plainUrl: string;
let dataDirectory: string;
/** Resident memory of each round, in MiB. */
const memory = { ours: [] as number[], plain: [] as number[] };

beforeAll(async () => {
  server = await startBenchServer();
  plainUrl = await server.makeDatabase('plain');
  dataDirectory = mkdtempSync(join(tmpdir(), 'tributary-start-'));
  // The database's server runs as another account when the benches run as root.
  chmodSync(dataDirectory, 0o755);
});
afterAll(async () => {
  await server.stop();
  rmSync(dataDirectory, { recursive: true, force: true });
});

/** Milliseconds from the command to readiness, the embedded database's own start included. */
async function startOurs(): Promise<number> {
  const started = performance.now();
  const app = await spawnApp({ TRIBUTARY_DATA_DIR: dataDirectory });
  const took = performance.now() - started;
  await wait(SETTLING_MS);
  memory.ours.push(residentMib(app.pid));
  await app.kill();
  return took;
}

/** The same of the plain application, whose database runs already. */
async function startPlain(): Promise<number> {
  const started = performance.now();
  const child = spawn(process.execPath, [PLAIN_APP], {
    env: { PATH: process.env['PATH'], DATABASE_URL: plainUrl },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const took = performance.now() - started;
  await wait(SETTLING_MS);
  memory.plain.push(residentMib(child.pid!));
  child.kill();
  await once(child, 'close');
  return took;
}

/** See proc_pid_status(5). */
function residentMib(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / KIB_PER_MIB;
}

describe('start', () => {
  it('warm, to readiness, and its memory, beside a Nest application with one entity', async () => {
    print('start', 'ms', await takeTurns(startOurs, startPlain), '≤ 1.5');
    const [ours, yardstick] = [median(memory.ours), median(memory.plain)];
    print('idle memory', 'MiB', { ours, yardstick, ratio: ours / yardstick }, '≤ 1.6');
  });
});
