import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '../config/config.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { migrate } from './migrate.js';
import { grantRuntimeRole } from './runtime-role.js';

/** The database that the process works on, up to date. */
export interface OpenDatabase {
  /** Of the role that the program works as. */
  url: string;
  stop: () => Promise<void>;
}

/** Role that the program works as in the embedded PostgreSQL; the tables are the superuser's. */
const EMBEDDED_ROLE = 'tributary_app';

/**
 * Takes the configured PostgreSQL, or starts the embedded one under the data directory, brings it up to date as the
 * owner of the tables, and lets the program's role work on them.
 */
export async function openDatabase(config: Config): Promise<OpenDatabase> {
  const { url, ownerUrl, stop } = await findServer(config);
  try {
    await migrate(ownerUrl);
    await grantRuntimeRole(ownerUrl, url);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

async function findServer(config: Config): Promise<OpenDatabase & { ownerUrl: string }> {
  const { databaseUrl: url, databaseOwnerUrl } = config;
  if (url) return { url, ownerUrl: databaseOwnerUrl ?? url, stop: async () => {} };
  const server = await startEmbeddedPostgres({ dataDirectory: join(config.dataDirectory, 'postgres') });
  return { url: embeddedRoleUrl(server.url), ownerUrl: server.url, stop: () => server.stop() };
}

/** The same server as the program's role, whose password follows from the superuser's and does not tell it. */
function embeddedRoleUrl(superuserUrl: string): string {
  const url = new URL(superuserUrl);
  url.password = createHmac('sha256', url.password).update(EMBEDDED_ROLE).digest('base64url');
  url.username = EMBEDDED_ROLE;
  return url.href;
}
