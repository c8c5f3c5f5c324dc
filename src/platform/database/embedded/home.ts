import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Account, canReach, createDirectoryFor } from './account.js';

/** Where the server keeps its files, and the account that owns them. */
export interface Home {
  directory: string;
  account: Account | null;
}

const ELSEWHERE_MARKER = 'moved-to';
/** Kept between reboots, reached by every account, written by root only; the first that exists is used. */
const SHARED_PARENTS = ['/var/lib', '/usr/local/var', '/opt'];

/**
 * Prepares the folder that holds the cluster: `dataDirectory` itself, or, when the account that runs the
 * server cannot get there (a checkout beneath a 0700 folder such as /root), a folder under /var/lib that a
 * marker file in `dataDirectory` names. Removing `dataDirectory` therefore still means starting afresh.
 */
export function prepareHome(dataDirectory: string, account: Account | null): Home {
  if (canReach(account, dirname(dataDirectory))) {
    createDirectoryFor(account, dataDirectory);
    return { directory: dataDirectory, account };
  }
  mkdirSync(dataDirectory, { recursive: true });
  const directory = readOrCreateMarker(join(dataDirectory, ELSEWHERE_MARKER));
  createDirectoryFor(account, directory);
  return { directory, account };
}

/** A folder outside the checkout that every account can reach; it is created when missing. */
export function sharedDirectory(name: string): string {
  const parent = SHARED_PARENTS.find((path) => existsSync(path));
  if (!parent) throw new Error(`None of ${SHARED_PARENTS.join(', ')} exists to keep the database in`);
  const base = join(parent, 'tributary');
  mkdirSync(base, { recursive: true, mode: 0o755 });
  return join(base, name);
}

function readOrCreateMarker(marker: string): string {
  const proposal = sharedDirectory(`data-${randomBytes(6).toString('hex')}`);
  try {
    writeFileSync(marker, `${proposal}\n`, { flag: 'wx' });
    return proposal;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readFileSync(marker, 'utf8').trim();
  }
}
