import { type DataSource, type EntityManager } from 'typeorm';
import { uuidV7Floor } from '../time/ids.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

/** One partition: its name, and its bounds as SQL literals, the upper one exclusive. */
interface Range {
  name: string;
  from: string;
  to: string;
}

/**
 * Makes the day partitions (UTC) of a table that is partitioned by range of a UUIDv7 column, for `days` days from the
 * day of `from` on; those that are there already stay. Each is attached rather than created in place, so that
 * readers and writers of the table go on. Rows that wait in the default partition, where there is one, move over.
 * @param table name of a partitioned table, never a user's input
 */
export async function ensureDayPartitions(
  dataSource: DataSource,
  table: string,
  from: Date,
  days: number,
): Promise<void> {
  await ensurePartitions(
    dataSource,
    table,
    Array.from({ length: days }, (_, index) => {
      const day = startOfDay(new Date(from.getTime() + index * DAY_MS));
      const next = new Date(day.getTime() + DAY_MS);
      return {
        name: dayPartitionName(table, day),
        from: `'${uuidV7Floor(day)}'`,
        to: `'${uuidV7Floor(next)}'`,
      };
    }),
  );
}

/** The same for a table that is partitioned by range of a time: makes the UTC months that hold these instants. */
export async function ensureMonthPartitions(
  dataSource: DataSource,
  table: string,
  instants: readonly Date[],
): Promise<void> {
  const ranges = instants.map((instant) => {
    const month = new Date(Date.UTC(instant.getUTCFullYear(), instant.getUTCMonth(), 1));
    const next = new Date(Date.UTC(instant.getUTCFullYear(), instant.getUTCMonth() + 1, 1));
    return {
      name: `${table}_${month.toISOString().slice(0, 7).replace('-', '')}`,
      from: `'${month.toISOString()}'`,
      to: `'${next.toISOString()}'`,
    };
  });
  await ensurePartitions(dataSource, table, [
    ...new Map(ranges.map((range) => [range.name, range])).values(),
  ]);
}

/** Removes the day partitions that end at or before the day of `before`, with everything in them. */
export async function dropDayPartitions(dataSource: DataSource, table: string, before: Date): Promise<void> {
  const first = dayPartitionName(table, before);
  for (const name of await partitionNames(dataSource, table, '[0-9]{8}')) {
    // Names of one table have one length and sort by date.
    if (name < first) {
      await dataSource.query(`ALTER TABLE ${table} DETACH PARTITION ${name} CONCURRENTLY`);
      await dataSource.query(`DROP TABLE ${name}`);
    }
  }
}

/** The UTC day of the oldest day partition of the table; null when it has none. */
export async function oldestDayPartition(dataSource: DataSource, table: string): Promise<Date | null> {
  const [oldest] = [...(await partitionNames(dataSource, table, '[0-9]{8}'))].sort();
  if (oldest === undefined) return null;
  return new Date(oldest.slice(-8).replace(/(....)(..)(..)/, '$1-$2-$3'));
}

async function ensurePartitions(
  dataSource: DataSource,
  table: string,
  ranges: readonly Range[],
): Promise<void> {
  const present = await partitionNames(dataSource, table);
  for (const range of ranges) {
    if (!present.has(range.name)) await dataSource.transaction((tx) => attach(tx, table, range));
  }
}

async function attach(tx: EntityManager, table: string, { name, from, to }: Range): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`partition ${name}`]);
  // Another process may have been here between the look and the lock.
  if ((await partitionNames(tx, table)).has(name)) return;
  await tx.query(`CREATE TABLE ${name} (LIKE ${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`);
  const { key, fallback } = await partitioningOf(tx, table);
  if (fallback) {
    await tx.query(`LOCK TABLE ${fallback} IN ACCESS EXCLUSIVE MODE`);
    await tx.query(
      `WITH moved AS (DELETE FROM ${fallback} WHERE ${key} >= ${from} AND ${key} < ${to} RETURNING *)
       INSERT INTO ${name} SELECT * FROM moved`,
    );
  }
  await tx.query(`ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM (${from}) TO (${to})`);
}

/** The column that the table is partitioned by, and its default partition, if any. */
async function partitioningOf(
  db: EntityManager,
  table: string,
): Promise<{ key: string; fallback: string | null }> {
  const [row] = await db.query<[{ key: string; fallback: string | null }]>(
    `SELECT quote_ident(a.attname) AS key, NULLIF(t.partdefid, 0)::regclass::text AS fallback
       FROM pg_partitioned_table t
       JOIN pg_attribute a ON a.attrelid = t.partrelid AND a.attnum = t.partattrs[0]
      WHERE t.partrelid = $1::regclass`,
    [table],
  );
  return row;
}

async function partitionNames(
  db: DataSource | EntityManager,
  table: string,
  suffix = '[0-9]+',
): Promise<Set<string>> {
  const rows = await db.query<{ name: string }[]>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = $1::regclass AND c.relname ~ ('^' || $1 || '_' || $2 || '$')`,
    [table, suffix],
  );
  return new Set(rows.map(({ name }) => name));
}

function dayPartitionName(table: string, day: Date): string {
  return `${table}_${day.toISOString().slice(0, 10).replaceAll('-', '')}`;
}

function startOfDay(at: Date): Date {
  return new Date(Math.floor(at.getTime() / DAY_MS) * DAY_MS);
}
