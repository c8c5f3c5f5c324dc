import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import * as programMigrations from '../../../migrations/index.js';
import { migrateJobs } from '../jobs/jobs.js';
import { dataSourceOptions } from './data-source-options.js';
import { setForSession } from './settings.js';

/** Any constant: all instances that migrate meet at this advisory lock. */
const MIGRATION_LOCK = 7_238_114_550;
const ATTEMPTS = 20;
const LOCK_NOT_AVAILABLE = '55P03';
/** Time for the statements that queued behind a migration's lock to run before it queues again. */
const PAUSE_MS = 500;

/**
 * Brings the database up to date: job tables, then the migrations in order. Instances that start together take
 * turns. A migration that cannot get its lock within 3 s gives up and tries again, so that reads flow meanwhile.
 * @param migrations the program's own; tests put others in their place
 */
export async function migrate(
  databaseUrl: string,
  migrations: NonNullable<DataSourceOptions['migrations']> = Object.values(programMigrations),
): Promise<void> {
  const guard = new pg.Client({ connectionString: databaseUrl });
  // A connection that is lost here is told by the next statement.
  guard.on('error', () => undefined);
  await guard.connect();
  try {
    await guard.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrateJobs(databaseUrl);
    await runMigrations(databaseUrl, migrations);
  } finally {
    await guard.end();
  }
}

async function runMigrations(
  databaseUrl: string,
  migrations: DataSourceOptions['migrations'],
): Promise<void> {
  const dataSource = new DataSource({
    ...dataSourceOptions(databaseUrl, 1),
    migrations,
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    extra: { onConnect: (client: pg.ClientBase) => setForSession(client, { lock_timeout: 3_000 }) },
  });
  await dataSource.initialize();
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await dataSource.runMigrations();
        return;
      } catch (error) {
        const blocked = (error as { code?: string }).code === LOCK_NOT_AVAILABLE;
        if (!blocked || attempt === ATTEMPTS) throw error;
        await delay(PAUSE_MS);
      }
    }
  } finally {
    await dataSource.destroy();
  }
}
