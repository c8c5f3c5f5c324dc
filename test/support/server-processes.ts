import { readFileSync } from 'node:fs';
import { chooseAccount } from '../../src/platform/database/embedded/account.js';
import { type Home, prepareHome } from '../../src/platform/database/embedded/home.js';
import { findServer } from '../../src/platform/database/embedded/server.js';

/** Where the embedded server of a data directory keeps its files. */
export function homeOf(dataDirectory: string): Home {
  return prepareHome(dataDirectory, chooseAccount(dataDirectory));
}

/** Process id of the server's first process. */
export function serverPid(home: Home): number {
  return findServer(home)!.pid;
}

/** Signals the server and every process of it. */
export function signalServer(home: Home, signal: NodeJS.Signals): void {
  const first = serverPid(home);
  const children = readFileSync(`/proc/${first}/task/${first}/children`, 'utf8').trim().split(' ');
  process.kill(first, signal);
  for (const child of children.filter(Boolean)) {
    try {
      process.kill(Number(child), signal);
    } catch (error) {
      // Without its parent it has gone by itself.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
