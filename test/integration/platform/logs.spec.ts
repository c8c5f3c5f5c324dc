import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { type AppProcess, spawnApp } from '../../support/process.js';

const EMAIL = 'admin@example.com';
const PASSWORD = 'swordfish-under-a-bridge-41';
const WRONG_PASSWORD = 'mackerel-over-a-tunnel-97';

interface Line {
  level: number;
  msg: string;
  context?: string;
  requestId?: string;
  path?: string;
  statusCode?: number;
}

let database: TestDatabase;
let app: AppProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await spawnApp({
    DATABASE_URL: database.url,
    LOG_LEVEL: 'trace',
    ADMIN_EMAIL: EMAIL,
    ADMIN_PASSWORD: PASSWORD,
  });
});
afterAll(async () => {
  await app.kill();
  await database.drop();
});

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${app.url}/api/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

function lines(): Line[] {
  const json = app
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'));
  return json.map((line) => JSON.parse(line) as Line);
}

/** Lines that tell the end of the request; the program writes them after the answer has gone out. */
async function completed(requestId: string): Promise<Line[]> {
  const found = () =>
    lines().filter((line) => line.requestId === requestId && line.msg === 'request completed');
  await expect.poll(found).not.toEqual([]);
  return found();
}

describe('B13 the log', () => {
  it('holds no secret of a sign-in, whether it succeeds or not', async () => {
    const right = await post('auth/login', { email: EMAIL, password: PASSWORD });
    expect(right.status).toBe(200);
    const { accessToken, refreshToken } = (await right.json()) as {
      accessToken: string;
      refreshToken: string;
    };
    const answers = [
      await post('auth/login', { email: EMAIL, password: WRONG_PASSWORD }),
      await post('auth/login', { email: EMAIL, password: WRONG_PASSWORD, unknown: PASSWORD }),
      await post('auth/login', `{"email":"${EMAIL}","password":"${PASSWORD}`),
      await post('auth/login', { email: EMAIL, password: `${PASSWORD}\0` }),
      await post('auth/refresh', { refreshToken }),
      await post('auth/refresh', { refreshToken: `${refreshToken}x` }),
      await fetch(`${app.url}/api/v1/me?token=${accessToken}`, {
        headers: { authorization: `Bearer ${accessToken}` },
      }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 400, 400, 401, 200, 401, 400]);
    for (const answer of answers) await completed(answer.headers.get('x-request-id')!);
    for (const secret of [PASSWORD, WRONG_PASSWORD, accessToken, refreshToken, 'argon2id']) {
      expect(app.output()).not.toContain(secret);
    }
  });

  it('tells each request once, at its end, under the id of the answer, without its query', async () => {
    const answers = await Promise.all([
      fetch(`${app.url}/api/v1/me?colour=blue`),
      fetch(`${app.url}/api/docs?colour=blue`),
      fetch(`${app.url}/nowhere?colour=blue`),
      fetch(`${app.url}/api/dev/mailbox?colour=blue`),
    ]);
    for (const answer of answers) {
      const told = await completed(answer.headers.get('x-request-id')!);
      expect(told).toHaveLength(1);
      expect(told[0]).toMatchObject({
        level: 30,
        path: new URL(answer.url).pathname,
        statusCode: answer.status,
      });
    }
    expect(app.output()).not.toContain('colour');
  });

  it('takes the id that the client gives, when it is a harmless one', async () => {
    const given = await fetch(`${app.url}/nowhere`, { headers: { 'x-request-id': 'shop-4711' } });
    expect(given.headers.get('x-request-id')).toBe('shop-4711');
    expect((await given.json()) as object).toMatchObject({ requestId: 'shop-4711' });
    expect(await completed('shop-4711')).toHaveLength(1);
    const refused = await fetch(`${app.url}/nowhere`, { headers: { 'x-request-id': '{"level":60}' } });
    expect(refused.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('does not fill with questions after its health', async () => {
    await fetch(`${app.url}/health/live`, { headers: { 'x-request-id': 'health-1' } });
    await fetch(`${app.url}/metrics`, { headers: { 'x-request-id': 'metrics-1' } });
    await fetch(`${app.url}/nowhere`, { headers: { 'x-request-id': 'after-health' } });
    await completed('after-health');
    expect(lines().filter(({ requestId }) => requestId === 'health-1' || requestId === 'metrics-1')).toEqual(
      [],
    );
  });

  it('keeps what the framework says at its start for the level debug', () => {
    const start = lines().filter(
      ({ context }) => context === 'InstanceLoader' || context === 'RouterExplorer',
    );
    expect(start.length).toBeGreaterThan(0);
    expect(start.filter(({ level }) => level > 20)).toEqual([]);
  });
});
