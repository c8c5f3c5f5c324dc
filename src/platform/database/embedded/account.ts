import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The operating system account that the server runs as. */
export interface Account {
  uid: number;
  gid: number;
}

const ROOT_UID = 0;
const UNPRIVILEGED_ACCOUNTS = ['postgres', 'nobody'];

/**
 * The account to drop to, or null when the current one may run PostgreSQL itself.
 * PostgreSQL refuses to run as root, so root drops to the owner of the nearest existing folder of
 * `directory`, else to `postgres`, else to `nobody`.
 * Throws when root finds none of them.
 */
export function chooseAccount(directory: string): Account | null {
  if (process.getuid?.() !== ROOT_UID) return null;
  const owner = statSync(nearestExisting(directory));
  if (owner.uid !== ROOT_UID) return { uid: owner.uid, gid: owner.gid };
  for (const name of UNPRIVILEGED_ACCOUNTS) {
    const account = findAccount(name);
    if (account) return account;
  }
  throw new Error(
    'PostgreSQL cannot run as root, and there is no "postgres" or "nobody" account to run it as. ' +
      'Start the application as another user, or set DATABASE_URL.',
  );
}

/**
 * Creates `directory` with its missing parents, owned by `account` when one is given.
 * A folder that exists already is handed to the account too, its parents are not.
 */
export function createDirectoryFor(account: Account | null, directory: string): void {
  const firstCreated = mkdirSync(directory, { recursive: true, mode: 0o755 });
  if (!account) return;
  const outermost = firstCreated ?? directory;
  for (let path = directory; path.length >= outermost.length; path = dirname(path)) {
    chownSync(path, account.uid, account.gid);
  }
}

/** Whether `account` may pass through every folder down to and including `directory` (mode bits only). */
export function canReach(account: Account | null, directory: string): boolean {
  if (!account) return true;
  for (let path = nearestExisting(directory); ; path = dirname(path)) {
    const { mode, uid, gid } = statSync(path);
    const searchBit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & searchBit) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

function nearestExisting(directory: string): string {
  return existsSync(directory) ? directory : nearestExisting(dirname(directory));
}

function findAccount(name: string): Account | null {
  try {
    const idOf = (flag: string) =>
      Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: idOf('-u'), gid: idOf('-g') };
  } catch {
    return null;
  }
}
