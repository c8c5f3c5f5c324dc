import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as migrations from '../../../migrations/index.js';
import { dataSourceOptions, migrate } from '../../../src/platform/index.js';
import { createTestApp } from '../../support/app.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { schemaSnapshot } from './schema-snapshot.js';

const MIGRATE_MODULE = join(import.meta.dirname, '../../../dist/src/platform/database/migrate.js');

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

const applied = async (url: string) =>
  (await query<{ name: string }>(url, 'SELECT name FROM migrations ORDER BY id')).map(({ name }) => name);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase('empty');
});
afterAll(() => database.drop());

it('goes up, down and up again to the same schema', async () => {
  await migrate(database.url);
  const first = await schemaSnapshot(database.url);
  const names = await applied(database.url);
  expect(names.length).toBeGreaterThan(1);

  const dataSource = new DataSource({
    ...dataSourceOptions(database.url, 1),
    migrations: Object.values(migrations),
    migrationsTableName: 'migrations',
  });
  await dataSource.initialize();
  for (const _ of names) await dataSource.undoLastMigration({ transaction: 'each' });
  await dataSource.destroy();
  expect(await applied(database.url)).toEqual([]);
  const left = await schemaSnapshot(database.url);
  expect(left['relations']?.filter((relation) => !/ migrations|_migrations_|PK_/.test(relation))).toEqual([]);
  expect([left['functions'], left['triggers']]).toEqual([[], []]);

  await migrate(database.url);
  expect(await applied(database.url)).toEqual(names);
  expect(await schemaSnapshot(database.url)).toEqual(first);
});

it('does nothing the second time', async () => {
  const before = await schemaSnapshot(database.url);
  await migrate(database.url);
  expect(await schemaSnapshot(database.url)).toEqual(before);
});

it('has every column that the entities name, of their types, and no other', async () => {
  const { app, db, close } = await createTestApp({ background: false });
  expect(app).toBeDefined();
  const { upQueries } = await db.driver.createSchemaBuilder().log();
  const entityTables = db.entityMetadatas.map(({ tableName }) => tableName);
  expect(entityTables.length).toBeGreaterThan(5);
  // Constraints and indexes are written by hand, under names of our own, and are no concern of the entities.
  const drift = upQueries
    .map(({ query: statement }) => statement)
    .filter((statement) => /CREATE TABLE|ADD "|DROP COLUMN|ALTER COLUMN|RENAME/.test(statement));
  expect(drift).toEqual([]);
  await close();
});

it('is safe when several processes migrate at once', async () => {
  const empty = await createTestDatabase('empty');
  const program = `const { migrate } = await import(${JSON.stringify(MIGRATE_MODULE)}); await migrate(process.argv[1]);`;
  const outcomes = await Promise.all(
    [1, 2, 3].map(async () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program, empty.url], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
      return { code: code as number, errors };
    }),
  );
  expect(outcomes).toEqual([1, 2, 3].map(() => ({ code: 0, errors: '' })));
  expect(await schemaSnapshot(empty.url)).toEqual(await schemaSnapshot(database.url));
  await empty.drop();
});

let attempts = 0;
let onSecondAttempt: () => void = () => undefined;

/** Needs a lock that every reader of the table stands in the way of. */
class AddProbeColumn1999999999999 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    attempts += 1;
    if (attempts === 2) onSecondAttempt();
    await runner.query('ALTER TABLE mailbox ADD COLUMN probe integer');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mailbox DROP COLUMN probe');
  }
}

it('gives up behind a long SELECT and tries again, while reads flow', async () => {
  const own = await createTestDatabase();
  const reader = new pg.Client(own.url);
  await reader.connect();
  await reader.query('BEGIN; SELECT count(*) FROM mailbox');
  const triedTwice = new Promise<void>((resolve) => (onSecondAttempt = resolve));

  let migrating = true;
  const migrated = migrate(own.url, [AddProbeColumn1999999999999]).finally(() => (migrating = false));
  const slowestRead = (async () => {
    let slowestMs = 0;
    while (migrating) {
      const startedAt = performance.now();
      await query(own.url, 'SELECT count(*) FROM mailbox');
      slowestMs = Math.max(slowestMs, performance.now() - startedAt);
      await delay(20);
    }
    return slowestMs;
  })();

  await triedTwice;
  await reader.query('COMMIT');
  await migrated;
  expect(attempts).toBeGreaterThanOrEqual(2);
  expect(await query(own.url, 'SELECT probe FROM mailbox')).toEqual([]);
  expect(await slowestRead).toBeLessThan(5_000);
  await reader.end();
  await own.drop();
});
