import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FirstOperator } from '../../../src/identity/first-operator.js';
import { IdentityHousekeeping } from '../../../src/identity/housekeeping.job.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { body, joinAsPartner, type Person, signIn } from '../../support/journey.js';

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

describe('A29 B11 logs', () => {
  let app: TestApp;
  let operator: Person;

  beforeAll(async () => {
    app = await createTestApp({ background: false });
    operator = await signIn(app, ADMIN.email, ADMIN.password);
  });
  afterAll(() => app.close());

  it('show a partner its own events, page by page, and nobody else’s', async () => {
    const ann = await joinAsPartner(app, operator, 'ann@logs.example');
    const bob = await joinAsPartner(app, operator, 'bob@logs.example');
    await ann.enableTwoFactor();
    await bob.enableTwoFactor();
    type Events = { items: { id: string; type: string }[]; nextCursor: string | null };
    const { items } = body<Events>(await ann.get('partner/events'), 200);
    expect(items.map(({ type }) => type)).toEqual(['two_factor_enabled']);
    const [own] = items;
    expect(body(await ann.get(`partner/events/${own!.id}`), 200)).toMatchObject({
      data: { email: 'ann@logs.example' },
    });
    body(await bob.get(`partner/events/${own!.id}`), 404);
    body(await ann.get('partner/events/not-an-id'), 400);
    body(await ann.get('partner/events?cursor=WyJ4Il0'), 400);
    body(await ann.get('operator/audit-log'), 403);
    body(await operator.get('partner/events'), 403);
  });

  it.each(['event_log', 'audit_log'])('%s refuses every change, by whatever way', async (table) => {
    for (const change of [`UPDATE ${table} SET id = id`, `DELETE FROM ${table}`, `TRUNCATE ${table}`]) {
      await expect(app.db.query(change)).rejects.toThrow('append-only');
    }
  });

  it('name the operator, the change and the request', async () => {
    const made = await operator.post('operator/packages', {
      name: 'Logged',
      price: { amount: '1.00', currency: 'EUR' },
    });
    const { id } = body<{ id: string }>(made, 201);
    expect(body(await operator.get(`operator/audit-log?subjectId=${id}`), 200)).toMatchObject({
      items: [
        {
          action: 'package.create',
          actorEmail: ADMIN.email,
          before: null,
          after: { name: 'Logged' },
          requestId: made.headers['x-request-id'],
        },
      ],
    });
  });
});
