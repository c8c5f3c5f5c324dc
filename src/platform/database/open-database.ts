import { join } from 'node:path';
import type { Config } from '../config/config.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';

/** The database that the process works on. */
export interface OpenDatabase {
  url: string;
  stop(): Promise<void>;
}

/** Takes the configured PostgreSQL, or starts the embedded one under the data directory. */
export async function openDatabase(config: Config): Promise<OpenDatabase> {
  if (config.databaseUrl) return { url: config.databaseUrl, stop: async () => {} };
  return startEmbeddedPostgres({ dataDirectory: join(config.dataDirectory, 'postgres') });
}
