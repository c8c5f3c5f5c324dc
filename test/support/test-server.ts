import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../src/platform/database/embedded-postgres.js';
import { makeServerFolder } from './server-folder.js';

/** Package of the oldest PostgreSQL that the program works with. */
export const OLDEST = 'embedded-postgres-oldest';

/** A PostgreSQL that is thrown away. */
export interface TestServer {
  url: string;
  stop(): Promise<void>;
}

/** Starts one out of a package; without its name, of the version that the program comes with. */
export async function startTestServer(packageName?: string): Promise<TestServer> {
  const directory = makeServerFolder('test');
  const server = await startEmbeddedPostgres({
    dataDirectory: join(directory, 'postgres'),
    fsync: false,
    settings: { max_connections: '300' },
    package: packageName,
  });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
