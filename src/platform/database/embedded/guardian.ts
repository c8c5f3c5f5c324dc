/**
 * A process of its own beside every application that uses the embedded server. It
 * - holds a lease (a shared advisory lock) while the application lives,
 * - starts the server again when it died under the application,
 * - stops the server when the application ends, by SIGKILL too, unless another application holds a lease.
 *
 * It learns of the application's end by the end of its standard input, which the operating system closes.
 * It imports no file of the project, so that Node can also run it as TypeScript, in tests.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

/** First line on standard input, as JSON; the second line, whatever it holds, says that it may begin. */
export interface GuardianOrder {
  /** Server's account; absent when it runs as the application's own. */
  account: { uid: number; gid: number } | null;
  workingDirectory: string;
  pgCtl: string;
  startParameters: string[];
  stopParameters: string[];
  /** The server's lock file; its fourth line is the port. */
  lockFile: string;
  user: string;
  password: string;
}

/** Any pair that nothing else in the database uses: "trib", "leas" in ASCII. */
const LEASE_KEY = '1953655138, 1818583411';
const RETRY_INTERVAL_MS = 100;
const STOP_TRIES = 100;

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
let applicationEnded = false;
let lease: pg.Client | null = null;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.stdout.on('error', () => undefined);

const firstLine = await lines.next();
if (!firstLine.done) await guard(JSON.parse(firstLine.value) as GuardianOrder);
process.exit(0);

async function guard(order: GuardianOrder): Promise<void> {
  await lines.next();
  const ended = lines.next().then(() => {
    applicationEnded = true;
    return lease?.end();
  });
  while (!applicationEnded) await holdLease(order);
  await ended;
  await stopUnlessLeased(order);
}

/** Resolves when the lease is lost or given back; without a server it starts one and comes back soon. */
async function holdLease(order: GuardianOrder): Promise<void> {
  try {
    lease = await connect(order);
    const closed = new Promise((resolve) => lease?.once('end', resolve));
    await lease.query(`SELECT pg_advisory_lock_shared(${LEASE_KEY})`);
    process.stdout.write('leased\n');
    if (applicationEnded) await lease.end();
    await closed;
  } catch {
    lease = null;
    // Fails harmlessly when the server runs already or another guardian was first.
    if (!applicationEnded) await runPgCtl(order, order.startParameters);
    await delay(RETRY_INTERVAL_MS);
  }
}

/**
 * Whoever gets the lock exclusively is the last one, and keeps it until the server is down: an application
 * that comes in between loses its session with it, and its guardian starts the server again.
 */
async function stopUnlessLeased(order: GuardianOrder): Promise<void> {
  for (let tries = 0; tries < STOP_TRIES && existsSync(order.lockFile); tries += 1) {
    try {
      const client = await connect(order);
      const { rows } = await client.query<{ last: boolean }>(
        `SELECT pg_try_advisory_lock(${LEASE_KEY}) AS last`,
      );
      if (rows[0]?.last) await runPgCtl(order, order.stopParameters);
      else await client.end();
      return;
    } catch {
      // The application died while the server was still starting.
      await delay(RETRY_INTERVAL_MS);
    }
  }
}

async function connect(order: GuardianOrder): Promise<pg.Client> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: Number(readFileSync(order.lockFile, 'utf8').split('\n')[3]),
    user: order.user,
    password: order.password,
    database: 'postgres',
    application_name: 'tributary-guardian',
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

function runPgCtl(order: GuardianOrder, parameters: string[]): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(order.pgCtl, parameters, {
      ...order.account,
      cwd: order.workingDirectory,
      stdio: 'ignore',
      detached: true,
      windowsHide: true,
    });
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
}
