import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sourceFiles } from '../support/source-files.js';
import { OLDEST, startTestServer, type TestServer } from '../support/test-server.js';

let oldest: TestServer;
let usual: TestServer;

beforeAll(async () => {
  [oldest, usual] = await Promise.all([startTestServer(OLDEST), startTestServer()]);
});
afterAll(() => Promise.all([oldest.stop(), usual.stop()]));

async function functionsOf(url: string): Promise<Set<string>> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `SELECT DISTINCT proname AS name FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace`,
  );
  await client.end();
  return new Set(rows.map(({ name }) => name));
}

/** The end-to-end tests run there as well, but not every statement does. */
it('the program calls no function that the oldest PostgreSQL has not', async () => {
  const known = await functionsOf(oldest.url);
  const later = [...(await functionsOf(usual.url))].filter((name) => !known.has(name));
  expect(later).toContain('uuid_extract_timestamp');
  const call = new RegExp(`\\b(${later.join('|')})\\(`);
  const files = ['src', 'migrations'].flatMap(sourceFiles);
  expect(files.filter((file) => call.test(readFileSync(file, 'utf8')))).toEqual([]);
});
