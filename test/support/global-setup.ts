import 'reflect-metadata';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/platform/database/migrate.js';
import { grantRuntimeRole } from '../../src/platform/database/runtime-role.js';
import { createTestApp } from './app.js';
import { asRole, databaseUrl, execute, type Templates } from './database.js';
import { OLDEST, startTestServer, type TestServer } from './test-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    testDatabase: Templates;
  }
}

/**
 * Once per project and run: prepares the databases from which every test file takes copies, on a throwaway server or on
 * the one that TEST_DATABASE_URL names: one that is migrated, and one where the application has started once.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const server = await (project.name === 'oldest-postgres' ? startTestServer(OLDEST) : obtainServer());
  const migrated = `tributary_migrated_${process.pid}`;
  const started = `tributary_started_${process.pid}`;
  const role = `tributary_role_${process.pid}`;
  const drop = async (): Promise<void> => {
    for (const name of [migrated, started]) {
      await execute(server.url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    }
    await execute(server.url, `DROP ROLE IF EXISTS ${role}`);
  };
  try {
    await drop();
    await execute(server.url, `CREATE DATABASE ${migrated}`);
    const migratedUrl = databaseUrl(server.url, migrated);
    await migrate(migratedUrl);
    await grantRuntimeRole(migratedUrl, asRole(migratedUrl, role));
    await execute(server.url, `CREATE DATABASE ${started} TEMPLATE ${migrated}`);
    // Without background work: what a job did at its clock's time would be in the copies of tests with another time.
    const startedUrl = asRole(databaseUrl(server.url, started), role);
    const app = await createTestApp({ databaseUrl: startedUrl, background: false });
    await app.close();
  } catch (error) {
    await server.stop();
    throw error;
  }
  project.provide('testDatabase', { adminUrl: server.url, empty: 'template0', migrated, started, role });
  return async () => {
    await drop();
    await server.stop();
  };
}

function obtainServer(): Promise<TestServer> {
  const given = process.env['TEST_DATABASE_URL'];
  return given ? Promise.resolve({ url: given, stop: () => Promise.resolve() }) : startTestServer();
}
