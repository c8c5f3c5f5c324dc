import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

export interface TestDatabase {
  /** Of the role that owns the tables. */
  url: string;
  /** Of the role that the application works as, where the schema is there. */
  roleUrl: string;
  /** Ends its connections and removes it. */
  drop(): Promise<void>;
}

/** The server, and the databases on it that are copied: see {@link createTestDatabase}. */
export interface Templates {
  adminUrl: string;
  empty: string;
  migrated: string;
  started: string;
  /** Name and password of the application's role. */
  role: string;
}

/**
 * A database of one's own; about 0.1 s, any number at once.
 * @param template `empty`: nothing at all; `migrated`: the schema without data; `started`: as the first start of an
 *   application leaves it that has the settings of `createTestApp`
 */
export async function createTestDatabase(
  template: 'empty' | 'migrated' | 'started' = 'migrated',
): Promise<TestDatabase> {
  const { adminUrl, role, [template]: original } = inject('testDatabase');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await execute(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${original}`);
  const url = databaseUrl(adminUrl, name);
  return {
    url,
    roleUrl: asRole(url, role),
    drop: () => execute(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** URL of a role that does not exist yet, on the test's database; dropped once the database is. */
export function unknownRole(database: TestDatabase): { url: string; drop(): Promise<void> } {
  const url = new URL(database.url);
  url.username = `app_${randomBytes(6).toString('hex')}`;
  url.password = randomBytes(12).toString('hex');
  const { adminUrl } = inject('testDatabase');
  return { url: url.href, drop: () => execute(adminUrl, `DROP ROLE IF EXISTS ${url.username}`) };
}

/** The URL with a role whose password is its name. */
export function asRole(url: string, role: string): string {
  return Object.assign(new URL(url), { username: role, password: role }).href;
}

/** `serverUrl` with another database's name. */
export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs one statement on a connection of its own; without values there may be several, in one transaction. */
export async function execute(url: string, statement: string, values?: unknown[]): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(statement, values);
  } finally {
    await client.end();
  }
}
