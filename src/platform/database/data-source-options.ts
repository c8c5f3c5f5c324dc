import { Logger } from '@nestjs/common';
import type { ClientBase } from 'pg';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { SnakeCaseNaming } from './naming.js';
import { setForSession } from './settings.js';

/** No statement, lock wait or forgotten transaction may hold others up for long; in milliseconds. */
const SESSION_LIMITS = {
  statement_timeout: 15_000,
  lock_timeout: 3_000,
  idle_in_transaction_session_timeout: 30_000,
};
const POOL_WAIT_MS = 5_000;

export type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

/** TypeORM's settings for the program's one database. */
export function dataSourceOptions(url: string, poolSize: number): PostgresOptions {
  return {
    type: 'postgres',
    url,
    poolSize,
    synchronize: false,
    installExtensions: false,
    namingStrategy: new SnakeCaseNaming(),
    applicationName: 'tributary',
    connectTimeoutMS: POOL_WAIT_MS,
    // A connection that dies idle in the pool is replaced; unhandled, it would end the process.
    poolErrorHandler: (error: Error) =>
      new Logger('Database').warn(`A database connection was lost: ${error.message}`),
    extra: {
      keepAlive: true,
      connectionTimeoutMillis: POOL_WAIT_MS,
      onConnect: (client: ClientBase) => setForSession(client, SESSION_LIMITS),
    },
  };
}

/** URL of the program's database, for connections that stand beside the pool. */
export function databaseUrlOf({ options }: DataSource): string {
  if (options.type !== 'postgres' || !options.url) throw new Error('The program needs a PostgreSQL URL');
  return options.url;
}
