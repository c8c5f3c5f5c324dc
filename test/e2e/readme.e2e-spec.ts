import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase, unknownRole } from '../support/database.js';
import { type AppProcess, spawnApp } from '../support/process.js';

const PROJECT = join(import.meta.dirname, '../..');

describe('the README', () => {
  let database: TestDatabase;
  let role: ReturnType<typeof unknownRole>;
  let app: AppProcess;

  beforeAll(async () => {
    database = await createTestDatabase();
    role = unknownRole(database);
    app = await spawnApp({
      // As the embedded database is used: by a role that the ledger is closed to.
      DATABASE_URL: role.url,
      DATABASE_OWNER_URL: database.url,
      TRIBUTARY_DEMO: 'on',
      OUTBOUND_ALLOW: '127.0.0.1:9099',
      LOG_LEVEL: 'warn',
      // As by the defaults.
      RATE_LIMITS: undefined,
    });
  });

  afterAll(async () => {
    await app.kill();
    await database.drop();
    await role.drop();
  });

  it('B14 the first start plays the demo program and prints its sign-ins', () => {
    expect(app.output()).toContain('operator@demo.example');
  });

  it('its curl session works as it stands, from click to cash-out', async () => {
    const readme = readFileSync(join(PROJECT, 'README.md'), 'utf8');
    const session = /```bash session\n([\s\S]+?)```/.exec(readme)![1]!;
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', session], {
      cwd: PROJECT,
      env: { ...process.env, TRIBUTARY_URL: app.url },
    });
    expect(stdout).toContain('tracker heard /?click=c-1&amount=50.00');
    // Issued, then available once approved.
    expect(stdout.match(/^350\.00$/gm)).toHaveLength(2);
    expect(stdout).toMatch(/"available":\{"amount":"50\.00","currency":"EUR"\}/);
    expect(stdout).toContain('"amount_cents":"35000"');
  });
});
