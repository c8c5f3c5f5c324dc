import { DataSource, type EntityManager } from 'typeorm';
import { uuidV7Floor } from '../time/ids.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * Makes the day partitions (UTC) of a table that is partitioned by range of a UUIDv7 column, for `days` days from the
 * day of `from` on; those that are there already stay. Each is attached rather than created in place, so that
 * readers and writers of the table go on.
 * @param table name of a partitioned table, never a user's input
 */
export async function ensureDayPartitions(
  dataSource: DataSource,
  table: string,
  from: Date,
  days: number,
): Promise<void> {
  const present = await dayPartitions(dataSource, table);
  for (let index = 0; index < days; index += 1) {
    const day = new Date(from.getTime() + index * DAY_MS);
    if (!present.has(partitionName(table, day))) {
      await dataSource.transaction((tx) => attachDay(tx, table, startOfDay(day)));
    }
  }
}

/** Removes the day partitions that end at or before the day of `before`, with everything in them. */
export async function dropDayPartitions(dataSource: DataSource, table: string, before: Date): Promise<void> {
  const first = partitionName(table, before);
  for (const name of await dayPartitions(dataSource, table)) {
    // Names of one table have one length and sort by date.
    if (name < first) {
      await dataSource.query(`ALTER TABLE ${table} DETACH PARTITION ${name} CONCURRENTLY`);
      await dataSource.query(`DROP TABLE ${name}`);
    }
  }
}

async function attachDay(tx: EntityManager, table: string, day: Date): Promise<void> {
  const name = partitionName(table, day);
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`partition ${name}`]);
  // Another process may have been here between the look and the lock.
  if ((await dayPartitions(tx, table)).has(name)) return;
  const next = new Date(day.getTime() + DAY_MS);
  await tx.query(`CREATE TABLE ${name} (LIKE ${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`);
  await tx.query(
    `ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM ('${uuidV7Floor(day)}') TO ('${uuidV7Floor(next)}')`,
  );
}

async function dayPartitions(db: DataSource | EntityManager, table: string): Promise<Set<string>> {
  const rows = await db.query<{ name: string }[]>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = $1::regclass AND c.relname ~ ('^' || $1 || '_[0-9]{8}$')`,
    [table],
  );
  return new Set(rows.map(({ name }) => name));
}

function partitionName(table: string, day: Date): string {
  return `${table}_${day.toISOString().slice(0, 10).replaceAll('-', '')}`;
}

function startOfDay(at: Date): Date {
  return new Date(Math.floor(at.getTime() / DAY_MS) * DAY_MS);
}
