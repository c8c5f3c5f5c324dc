import { spawn } from 'node:child_process';
import { closeSync, fchownSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Binaries } from './binaries.js';
import { clusterDirectory, serverLog } from './cluster.js';
import type { Home } from './home.js';
import { runProgram } from './run-program.js';

/** What the server's own lock file tells about it. */
export interface ServerState {
  pid: number;
  /** Loopback TCP port. */
  port: number;
  ready: boolean;
}

/** Crash recovery replays at most a few hundred megabytes of log at the default settings. */
const START_TIMEOUT_MS = 60_000;
const POLL_INTERVAL_MS = 3;

/** The file by which the server keeps a second one away from its cluster. */
export function lockFile(home: Home): string {
  return join(clusterDirectory(home), 'postmaster.pid');
}

/** Reads postmaster.pid; null when there is none, or when the process that it names is gone. */
export function findServer(home: Home): ServerState | null {
  const lines = readLines(lockFile(home));
  const pid = Number(lines[0]);
  if (!pid || !isAlive(pid)) return null;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/**
 * Starts the server in a session of its own, so that Ctrl-C in the terminal reaches the application alone,
 * and resolves once it takes connections.
 * Rejects with the end of the server's log when it does not come up.
 */
export async function startServer(home: Home, binaries: Binaries): Promise<ServerState> {
  if (process.platform === 'win32') return startByPgCtl(home, binaries);
  // pg_ctl looks only every 100 ms whether the server is up; started directly it is found at once.
  const log = openSync(serverLog(home), 'w', 0o600);
  // The guardian's pg_ctl, which runs as the server's account, must be able to append to it.
  if (home.account) fchownSync(log, home.account.uid, home.account.gid);
  const child = spawn(binaries.postgres, ['-D', clusterDirectory(home)], {
    ...home.account,
    cwd: home.directory,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  let failure: string | null = null;
  child.once('error', (error) => (failure = error.message));
  child.once('exit', (code) => (failure = `it ended with code ${code}`));
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const state = findServer(home);
    if (state?.ready && state.pid === child.pid) return state;
    if (Date.now() > deadline) failure ??= `it was not ready within ${START_TIMEOUT_MS / 1000} s`;
    if (failure) throw new Error(`PostgreSQL did not start: ${failure}\n${logTail(home)}`);
    await delay(POLL_INTERVAL_MS);
  }
}

/** On Windows pg_ctl is needed: it takes administrator rights away from the server, which refuses them. */
async function startByPgCtl(home: Home, binaries: Binaries): Promise<ServerState> {
  await runProgram(binaries.pgCtl, pgCtlStart(home), home);
  const state = findServer(home);
  if (!state) throw new Error(`PostgreSQL did not start\n${logTail(home)}`);
  return state;
}

/** Parameters by which pg_ctl starts the server and waits until it takes connections. */
export function pgCtlStart(home: Home): string[] {
  return ['start', '-w', '-s', '-D', clusterDirectory(home), '-l', serverLog(home)];
}

/** Parameters by which pg_ctl ends all connections, stops the server and waits for its end. */
export function pgCtlStop(home: Home): string[] {
  return ['stop', '-w', '-s', '-m', 'fast', '-D', clusterDirectory(home)];
}

/** The last lines of the server's log, for error messages. */
export function logTail(home: Home): string {
  return readLines(serverLog(home)).slice(-10).join('\n').trim();
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** Whether a process of the id runs, anybody's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
