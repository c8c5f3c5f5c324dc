import { type ChildProcess, spawn } from 'node:child_process';
import { extname, join } from 'node:path';
import type { Binaries } from './binaries.js';
import { readPassword, SUPERUSER } from './cluster.js';
import type { GuardianOrder } from './guardian.js';
import type { Home } from './home.js';
import { lockFile, logTail, pgCtlStart, pgCtlStop } from './server.js';

/** The application's side of its guardian process. */
export interface Guardian {
  /** Lets the guardian take its lease, and start the server again should it die. Call it once. */
  begin(): void;
  /** Resolves once the guardian holds its lease, so that no other application stops the server any more. */
  leased: Promise<void>;
  /** Gives the lease back and resolves when the server is stopped, or left to the others that use it. */
  end(): Promise<void>;
}

const LEASE_TIMEOUT_MS = 60_000;

/** Spawns the guardian; it does nothing but wait until `begin`, so that it boots beside the server. */
export function spawnGuardian(home: Home, binaries: Binaries): Guardian {
  const child = spawn(process.execPath, guardianParameters(), {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  });
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const leased = leaseOf(child, home);
  leased.catch(() => undefined);
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${JSON.stringify(orderFor(home, binaries))}\n`);
  letApplicationEnd(child);
  return {
    begin: () => child.stdin.write('begin\n'),
    leased,
    end: async () => {
      child.ref();
      child.stdin.end();
      await exited;
    },
  };
}

/** The guardian stands beside this file: as JavaScript when built, in tests as TypeScript whose types Node strips. */
function guardianParameters(): string[] {
  const kind = extname(import.meta.filename);
  const file = join(import.meta.dirname, `guardian${kind}`);
  return kind === '.ts' ? ['--experimental-strip-types', '--no-warnings', file] : [file];
}

function orderFor(home: Home, binaries: Binaries): GuardianOrder {
  return {
    account: home.account,
    workingDirectory: home.directory,
    pgCtl: binaries.pgCtl,
    startParameters: pgCtlStart(home),
    stopParameters: pgCtlStop(home),
    lockFile: lockFile(home),
    user: SUPERUSER,
    password: readPassword(home),
  };
}

function leaseOf(child: ChildProcess, home: Home): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      clearTimeout(timer);
      reject(new Error(`The embedded PostgreSQL is not usable: ${reason}\n${logTail(home)}`));
    };
    // Nothing else keeps a command running that waits to join a server.
    const timer = setTimeout(() => fail('it took no connection in time'), LEASE_TIMEOUT_MS);
    child.stdout?.once('data', () => {
      clearTimeout(timer);
      resolve();
    });
    child.once('error', (error) => fail(error.message));
    child.once('exit', () => fail('its guardian process ended'));
  });
}

/** Neither the guardian nor the pipes to it keep the application's event loop running. */
function letApplicationEnd(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout]) (stream as { unref?(): void } | null)?.unref?.();
}
