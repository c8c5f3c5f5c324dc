import 'reflect-metadata';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/platform/database/embedded-postgres.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { databaseUrl, execute } from './database.js';

declare module 'vitest' {
  interface ProvidedContext {
    testDatabase: { adminUrl: string; template: string };
  }
}

/**
 * Once per run: prepares one migrated database from which every test file takes copies, on a throwaway server or on the
 * one that TEST_DATABASE_URL names.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const server = await obtainServer();
  const template = `tributary_template_${process.pid}`;
  try {
    await execute(server.url, `DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    await execute(server.url, `CREATE DATABASE ${template}`);
    await migrate(databaseUrl(server.url, template));
  } catch (error) {
    await server.stop();
    throw error;
  }
  project.provide('testDatabase', { adminUrl: server.url, template });
  return async () => {
    await execute(server.url, `DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    await server.stop();
  };
}

async function obtainServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given) return { url: given, stop: () => Promise.resolve() };
  const directory = mkdtempSync(join(tmpdir(), 'tributary-test-'));
  // The server runs as another account when the tests run as root.
  chmodSync(directory, 0o755);
  const server = await startEmbeddedPostgres({
    dataDirectory: join(directory, 'postgres'),
    fsync: false,
    settings: { max_connections: '300' },
  });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
