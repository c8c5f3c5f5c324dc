import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chownSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Binaries } from './binaries.js';
import type { Home } from './home.js';
import { runProgram } from './run-program.js';

export const SUPERUSER = 'tributary';

const PASSWORD_FILE = 'tributary.password';
const PORT_FILE = 'tributary.port';
const SETTINGS_FILE = 'tributary.conf';

/** Where the cluster of `home` lies: PostgreSQL's own data directory. */
export function clusterDirectory(home: Home): string {
  return join(home.directory, 'cluster');
}

/** The file that the server's messages go to. */
export function serverLog(home: Home): string {
  return join(clusterDirectory(home), 'server.log');
}

/** The superuser's generated password; only the account of `home` (and root) can read it. */
export function readPassword(home: Home): string {
  return readFileSync(join(clusterDirectory(home), PASSWORD_FILE), 'utf8').trim();
}

/**
 * Runs initdb when `home` holds no cluster yet.
 * The cluster is made aside and renamed into place, so a start that is cut short leaves nothing half made,
 * and of two first starts at the same moment one wins and the other uses its cluster.
 * @param durable false skips the flush to disk, for clusters that are thrown away
 */
export async function ensureCluster(home: Home, binaries: Binaries, durable: boolean): Promise<void> {
  const directory = clusterDirectory(home);
  if (existsSync(directory)) return;
  const suffix = randomBytes(4).toString('hex');
  const staging = `${directory}.${suffix}`;
  const passwordFile = join(home.directory, `password.${suffix}`);
  writeOwned(home, passwordFile, `${randomBytes(24).toString('base64url')}\n`);
  try {
    await runProgram(binaries.initdb, initdbParameters(binaries, staging, passwordFile, durable), home);
    renameSync(passwordFile, join(staging, PASSWORD_FILE));
    // Set before the cluster is in place: two first starts at once must agree on the port.
    writeOwned(home, join(staging, PORT_FILE), `${await tryListening(0)}\n`);
    appendFileSync(join(staging, 'postgresql.conf'), `\ninclude_if_exists = '${SETTINGS_FILE}'\n`);
    renameSync(staging, directory);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    rmSync(passwordFile, { force: true });
    if (!existsSync(directory)) throw error;
  }
}

/** Builtin C.UTF-8 sorts the same on every system, whatever locales it has installed. */
const BUILTIN_LOCALE = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
/** What it came with. */
const BUILTIN_LOCALE_SINCE = 17;

function initdbParameters(
  { version }: Binaries,
  directory: string,
  passwordFile: string,
  durable: boolean,
): string[] {
  return [
    `--pgdata=${directory}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    ...(Number.parseInt(version) < BUILTIN_LOCALE_SINCE ? ['--locale=C.UTF-8'] : BUILTIN_LOCALE),
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ];
}

/**
 * Writes the settings that the server reads at its next start: loopback TCP only, a free port that is kept
 * from start to start, UTC, and `settings`.
 */
export async function writeSettings(home: Home, settings: Record<string, string>): Promise<void> {
  const port = await choosePort(home);
  const all = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`);
  writeOwned(home, join(clusterDirectory(home), PORT_FILE), `${port}\n`);
  writeOwned(home, join(clusterDirectory(home), SETTINGS_FILE), lines.join(''));
}

async function choosePort(home: Home): Promise<number> {
  const file = join(clusterDirectory(home), PORT_FILE);
  const remembered = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  return (await tryListening(remembered)) ?? (await tryListening(0)) ?? 0;
}

/** Resolves to the port when it is free (to any free one for 0), otherwise to null. */
function tryListening(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? null) : null));
    });
  });
}

/** Replaces the file as a whole, readable by the server's account alone. */
function writeOwned(home: Home, path: string, content: string): void {
  const staging = `${path}.${process.pid}`;
  writeFileSync(staging, content, { mode: 0o600 });
  if (home.account) chownSync(staging, home.account.uid, home.account.gid);
  renameSync(staging, path);
}
