import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { clusterDirectory, serverLog } from '../../src/platform/database/embedded/cluster.js';
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
  /** The standby's own address. */
  standbyUrl: string;
  /** The file that the standby's messages go to. */
  standbyLog: string;
  /** Signals the standby; one that is killed starts again by itself. */
  signalStandby(signal: NodeJS.Signals): void;
  /** The primary is killed; the address leads to the standby, which only reads as yet. */
  losePrimary(): void;
  /** The standby takes over. */
  promote(): Promise<void>;
  /** Stops both and removes them from the disk. */
  stop(): Promise<void>;
}

/** How the standby follows. */
interface Following {
  /** Whether what the primary acknowledges has reached the standby's disk too (default true). */
  synchronous?: boolean;
  /** Further settings of the standby. */
  settings?: Record<string, string>;
}

/** Starts both. */
export async function startReplicatedServer({
  synchronous = true,
  settings = {},
}: Following = {}): Promise<ReplicatedServer> {
  const folder = makeServerFolder('replicated');
  const [first, second] = [join(folder, 'first'), join(folder, 'second')];
  const empty = await startEmbeddedPostgres({ dataDirectory: first });
  await migrate(empty.url);
  await empty.stop();

  const [home, standbyHome] = [homeOf(first), homeOf(second)];
  const copy = clusterDirectory(standbyHome);
  await promisify(execFile)('cp', ['-a', clusterDirectory(home), copy]);
  writeFileSync(join(copy, 'standby.signal'), '');
  const primary = await startEmbeddedPostgres({
    dataDirectory: first,
    settings: { synchronous_standby_names: synchronous ? '*' : '' },
  });
  const { hostname, port, username, password } = new URL(primary.url);
  const standby = await startEmbeddedPostgres({
    dataDirectory: second,
    settings: {
      ...settings,
      primary_conninfo: `host=${hostname} port=${port} user=${username} password=${password}`,
    },
  });

  const address = await openMovableAddress(Number(port));
  const url = new URL(primary.url);
  url.port = String(address.port);
  return {
    url: url.href,
    standbyUrl: standby.url,
    standbyLog: serverLog(standbyHome),
    signalStandby: (signal) => signalServer(standbyHome, signal),
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
