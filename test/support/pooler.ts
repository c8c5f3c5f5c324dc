import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.js';
import { makeServerFolder } from './server-folder.js';

/** A way to a database that is open. */
export interface Connection {
  url: string;
  stop(): Promise<void>;
}

const HAS_POOLER = spawnSync('pgbouncer', ['--version']).error === undefined;

/** Through PgBouncer where that is installed, as it is on the machines that check every change. */
export const WAYS_TO_DATABASE: readonly { way: string; open(databaseUrl: string): Promise<Connection> }[] = [
  { way: 'directly', open: (url) => Promise.resolve({ url, stop: () => Promise.resolve() }) },
  ...(HAS_POOLER ? [{ way: 'through PgBouncer', open: startPooler }] : []),
];

/** Starts a PgBouncer in front of the database's server, with the pooling that it comes with: by session. */
async function startPooler(databaseUrl: string): Promise<Connection> {
  const folder = makeServerFolder('pooler');
  const { hostname, port, username, password } = new URL(databaseUrl);
  const url = new URL(databaseUrl);
  url.port = String(await freePort());
  const users = write(join(folder, 'users.txt'), `"${username}" "${password}"\n`);
  const settings = write(
    join(folder, 'pgbouncer.ini'),
    `[databases]
* = host=${hostname} port=${port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${url.port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
`,
  );
  // It refuses to run as root.
  const account = process.getuid?.() === 0 ? ['--user=nobody'] : [];
  const pooler = spawn('pgbouncer', [...account, settings], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(pooler, 'close');
  const messages: string[] = [];
  for await (const line of createInterface(pooler.stderr)) {
    messages.push(line);
    if (line.includes('process up')) break;
  }
  if (!messages.at(-1)?.includes('process up')) throw new Error(`No PgBouncer: ${messages.join('\n')}`);
  pooler.stderr.resume();
  return {
    url: url.href,
    stop: async () => {
      pooler.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

/** Writes a file that other accounts can read; gives its path. */
function write(path: string, content: string): string {
  writeFileSync(path, content);
  chmodSync(path, 0o644);
  return path;
}
