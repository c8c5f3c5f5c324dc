import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../src/platform/database/embedded-postgres.js';
import { migrate } from '../../src/platform/index.js';
import { makeServerFolder } from './server-folder.js';
import { homeOf, serverPid, signalServer } from './server-processes.js';

/** A PostgreSQL of a test's own that may be hurt; it is started again when it dies. */
export interface DurableServer {
  /** A migrated database. */
  url: string;
  /** Of the server's first process. */
  pid(): number;
  /** Signals the server and every process of it. */
  signal(signal: NodeJS.Signals): void;
  /** Stops it and removes it from the disk. */
  stop(): Promise<void>;
}

/** Starts one that is durable, as in use: without fsync a killed server may lose what it acknowledged. */
export async function startDurableServer(): Promise<DurableServer> {
  const directory = makeServerFolder('durable');
  const dataDirectory = join(directory, 'data');
  const server = await startEmbeddedPostgres({ dataDirectory });
  await migrate(server.url);
  const home = homeOf(dataDirectory);
  return {
    url: server.url,
    pid: () => serverPid(home),
    signal: (signal) => signalServer(home, signal),
    stop: async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
