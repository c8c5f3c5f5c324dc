import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FirstOperator } from '../../../src/identity/first-operator.js';
import { IdentityHousekeeping } from '../../../src/identity/housekeeping.job.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { body, signIn } from '../../support/journey.js';

const ADMIN = { email: 'admin@example.com', password: 'correct horse battery' };

describe('the first operator', () => {
  let database: TestDatabase;
  const apps: TestApp[] = [];
  const start = async (env: Record<string, string> = {}): Promise<TestApp> => {
    const app = await createTestApp({ background: false, databaseUrl: database.url, env });
    apps.push(app);
    return app;
  };
  const operators = (app: TestApp): Promise<object[]> =>
    app.db.query(
      `SELECT u.email, m.role FROM users u JOIN memberships m ON m.user_id = u.id WHERE m.realm = 'operator'`,
    );

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => {
    for (const app of apps) await app.close();
    await database.drop();
  });

  it('is made once when two instances start together, with a confirmed address', async () => {
    const [app] = await Promise.all([start(), start()]);
    expect(await operators(app)).toEqual([{ email: ADMIN.email, role: 'admin' }]);
    const operator = await signIn(app, ADMIN.email, ADMIN.password);
    expect(body(await operator.get('me'), 200)).toMatchObject({ realm: 'operator', role: 'admin' });
  });

  it('is not made again for other settings, whatever their password', async () => {
    const app = await start({ ADMIN_EMAIL: 'second@example.com', ADMIN_PASSWORD: 'password' });
    expect(await operators(app)).toHaveLength(1);
    await app.app.get(FirstOperator).ensureFirstOperator('third@example.com', ADMIN.password);
    expect(await operators(app)).toHaveLength(1);
  });
});

describe('housekeeping of identity', () => {
  let app: TestApp;
  const count = async (table: string): Promise<number> => {
    const [row] = await app.db.query(`SELECT count(*)::int AS count FROM ${table}`);
    return row.count;
  };

  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.close());

  it('forgets failures after 15 minutes and tokens after their time, and nothing before', async () => {
    const job = app.app.get(IdentityHousekeeping);
    const operator = await signIn(app, ADMIN.email, ADMIN.password);
    await operator.post('auth/password/forgot', { email: ADMIN.email });
    for (const email of [ADMIN.email, 'nobody@example.com']) {
      await operator.post('auth/login', { email, password: 'wrong password' });
    }
    await job.run();
    expect(await Promise.all(['sign_in_failures', 'one_time_tokens', 'refresh_tokens'].map(count))).toEqual([
      2, 1, 1,
    ]);

    app.clock.advance(15 * 60);
    await job.run();
    expect(await count('sign_in_failures')).toBe(0);
    expect(await count('one_time_tokens')).toBe(1);

    app.clock.advance(3_600);
    await job.run();
    expect(await count('one_time_tokens')).toBe(0);
    expect(await count('sessions WHERE ended_at IS NULL')).toBe(1);

    app.clock.advance(30 * 86_400);
    await job.run();
    expect(await count('refresh_tokens')).toBe(0);
    expect(await count('sessions WHERE ended_at IS NULL')).toBe(0);
  });
});
