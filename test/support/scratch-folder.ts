import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../src/platform/database/embedded/server.js';

const IN_MEMORY = '/dev/shm';
/** A whole run takes a quarter of it. */
const ROOM_BYTES = 8 * 2 ** 30;
const PREFIX = 'tributary-run-';

/**
 * Makes the folder that holds all files of a run: in memory where there is room, for a copied database is more than a
 * thousand files. It goes with the process; those of runs that were killed go now.
 */
export function makeScratchFolder(): string {
  const parent = hasRoom(IN_MEMORY) ? IN_MEMORY : tmpdir();
  for (const name of readdirSync(parent)) {
    if (name.startsWith(PREFIX) && !isAlive(Number(name.slice(PREFIX.length)))) remove(join(parent, name));
  }
  const folder = join(parent, `${PREFIX}${process.pid}`);
  mkdirSync(folder, { recursive: true });
  // The database's server runs as another account when the tests run as root.
  chmodSync(folder, 0o755);
  process.once('exit', () => remove(folder));
  return folder;
}

function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= ROOM_BYTES;
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
