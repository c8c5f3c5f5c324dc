import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/platform/database/embedded-postgres.js';
import { migrate } from '../../src/platform/index.js';
import { databaseUrl, execute } from '../support/database.js';

/** One contender: its figure for one round, such as calls a second. */
export type Contender = () => Promise<number>;

export interface Comparison {
  ours: number;
  yardstick: number;
  ratio: number;
}

/** The middle value; of an even number, the lower of the two in the middle. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!;
}

/** Lets the two take turns (A B A B …) and compares their medians; one round before does not count. */
export async function takeTurns(ours: Contender, yardstick: Contender, rounds = 5): Promise<Comparison> {
  const figures: { ours: number[]; yardstick: number[] } = { ours: [], yardstick: [] };
  await ours();
  await yardstick();
  for (let round = 0; round < rounds; round += 1) {
    figures.ours.push(await ours());
    figures.yardstick.push(await yardstick());
  }
  const [mine, theirs] = [median(figures.ours), median(figures.yardstick)];
  return { ours: mine, yardstick: theirs, ratio: mine / theirs };
}

/** Prints a result line: both figures, their ratio and the goal, where there is one. */
export function print(
  name: string,
  unit: string,
  { ours, yardstick, ratio }: Comparison,
  goal?: string,
): void {
  const figure = (value: number): string => Math.round(value).toLocaleString('en');
  process.stdout.write(
    `${name}: ours ${figure(ours)} ${unit}, yardstick ${figure(yardstick)} ${unit}, ratio ${ratio.toFixed(2)}${goal ? ` (goal ${goal})` : ''}\n`,
  );
}

export interface BenchServer {
  /** Makes a migrated database, unless the kept data have it; commits wait for the disk. */
  makeDatabase(name: string): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL of its own, durable as in production.
 * @param keptIn a folder that keeps its data for the next run; without it they are gone in the end
 */
export async function startBenchServer(keptIn?: string): Promise<BenchServer> {
  if (keptIn) mkdirSync(keptIn, { recursive: true });
  const directory = keptIn ?? mkdtempSync(join(tmpdir(), 'tributary-bench-'));
  // The server runs as another account when the benches run as root.
  chmodSync(directory, 0o755);
  const server = await startEmbeddedPostgres({
    dataDirectory: join(directory, 'postgres'),
    settings: { shared_buffers: '512MB', min_wal_size: '1GB', max_wal_size: '8GB' },
  });
  if (!keptIn) await fillLog(server.url);
  return {
    makeDatabase: async (name) => {
      const url = databaseUrl(server.url, name);
      if (!(await hasDatabase(server.url, name))) await execute(server.url, `CREATE DATABASE ${name}`);
      await migrate(url);
      return url;
    },
    stop: async () => {
      await server.stop();
      if (!keptIn) rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function hasDatabase(serverUrl: string, name: string): Promise<boolean> {
  const client = new pg.Client(serverUrl);
  await client.connect();
  const { rows } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  await client.end();
  return rows.length > 0;
}

/** A server that has run for a while writes into log files that are there already; a fresh one has to make each. */
async function fillLog(url: string): Promise<void> {
  await execute(url, `CREATE TABLE filler AS SELECT repeat('x', 1000) FROM generate_series(1, 1000000)`);
  await execute(url, 'DROP TABLE filler');
  await execute(url, 'CHECKPOINT');
}
