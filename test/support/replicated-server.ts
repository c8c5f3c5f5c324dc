import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { clusterDirectory } from '../../src/platform/database/embedded/cluster.js';
import { startEmbeddedPostgres } from '../../src/platform/database/embedded-postgres.js';
import { migrate } from '../../src/platform/index.js';
import { execute } from './database.js';
import { openMovableAddress } from './movable-address.js';
import { makeServerFolder } from './server-folder.js';
import { homeOf, signalServer } from './server-processes.js';

/** A primary and its standby behind one address, as managed databases are. */
export interface ReplicatedServer {
  /** A migrated database, by the address that leads to whoever is in charge. */
  url: string;
  /** The primary is killed; the address leads to the standby, which only reads as yet. */
  losePrimary(): void;
  /** The standby takes over. */
  promote(): Promise<void>;
  /** Stops both and removes them from the disk. */
  stop(): Promise<void>;
}

/** Starts both. What the primary acknowledges has reached the standby's disk too. */
export async function startReplicatedServer(): Promise<ReplicatedServer> {
  const folder = makeServerFolder('replicated');
  const [first, second] = [join(folder, 'first'), join(folder, 'second')];
  const empty = await startEmbeddedPostgres({ dataDirectory: first });
  await migrate(empty.url);
  await empty.stop();

  const [home, standbyHome] = [homeOf(first), homeOf(second)];
  const copy = clusterDirectory(standbyHome);
  await promisify(execFile)('cp', ['-a', clusterDirectory(home), copy]);
  writeFileSync(join(copy, 'standby.signal'), '');
  const synchronous = { synchronous_standby_names: '*' };
  const primary = await startEmbeddedPostgres({ dataDirectory: first, settings: synchronous });
  const { hostname, port, username, password } = new URL(primary.url);
  const standby = await startEmbeddedPostgres({
    dataDirectory: second,
    settings: { primary_conninfo: `host=${hostname} port=${port} user=${username} password=${password}` },
  });

  const address = await openMovableAddress(Number(port));
  const url = new URL(primary.url);
  url.port = String(address.port);
  return {
    url: url.href,
    losePrimary: () => {
      signalServer(home, 'SIGKILL');
      address.leadTo(Number(new URL(standby.url).port));
    },
    promote: () => execute(standby.url, 'SELECT pg_promote()'),
    stop: async () => {
      await address.close();
      await Promise.all([primary.stop(), standby.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
