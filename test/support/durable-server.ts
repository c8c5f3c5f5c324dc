import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../src/platform/database/embedded-postgres.js';
import { migrate } from '../../src/platform/index.js';
import { makeServerFolder } from './server-folder.js';

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
  const data = join(directory, 'data');
  const server = await startEmbeddedPostgres({ dataDirectory: data });
  await migrate(server.url);
  const pid = (): number => {
    const home = readdirSync(data).includes('cluster')
      ? data
      : readFileSync(join(data, 'moved-to'), 'utf8').trim();
    return Number(readFileSync(join(home, 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);
  };
  return {
    url: server.url,
    pid,
    signal: (signal) => {
      const first = pid();
      const children = readFileSync(`/proc/${first}/task/${first}/children`, 'utf8').trim().split(' ');
      process.kill(first, signal);
      for (const child of children.filter(Boolean)) {
        try {
          process.kill(Number(child), signal);
        } catch (error) {
          // Without its parent it has gone by itself.
          if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
        }
      }
    },
    stop: async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
