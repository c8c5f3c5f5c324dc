import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { OPERATOR_WRITES, Program } from './operator-writes.js';
import { Caller } from './scene.js';

interface Entry {
  actorEmail: string;
  impersonatorEmail: string | null;
  subjectType: string;
  before: object | null;
  after: object | null;
}

const READING = ['get', 'head', 'options', 'trace'];
/** What looks at something that is too much for a query string, and changes nothing. */
const LOOKING = [
  'POST /api/v1/operator/commission-plans/preview',
  'POST /api/v1/operator/commission-plans/{id}/preview',
];

/** Nobody listens there. */
const PAYPAL = { PAYPAL_URL: 'http://127.0.0.1:9', PAYPAL_CLIENT_ID: 'id', PAYPAL_CLIENT_SECRET: 'secret' };

let app: TestApp;
let program: Program;

beforeAll(async () => {
  app = await createTestApp({ env: PAYPAL });
  program = await Program.open(app);
});
afterAll(() => app.close());

/** Every route by which operators may write, by the OpenAPI document. */
async function operatorWrites(): Promise<string[]> {
  const { paths } = body<{ paths: Record<string, object> }>(
    await new Caller(app).get('/api/openapi.json'),
    200,
  );
  return Object.entries(paths)
    .filter(([path]) => path.startsWith('/api/v1/operator/'))
    .flatMap(([path, item]) =>
      Object.keys(item)
        .filter((method) => !READING.includes(method))
        .map((method) => `${method.toUpperCase()} ${path}`),
    )
    .filter((route) => !LOOKING.includes(route));
}

describe('B11 every change by an operator is in the audit log', () => {
  it('knows a successful call for every route that writes', async () => {
    expect(Object.keys(OPERATOR_WRITES).sort()).toEqual((await operatorWrites()).sort());
  });

  it.each(Object.entries(OPERATOR_WRITES))('%s', async (route, prepare) => {
    const { path, payload, file, makes = false } = await prepare(program);
    const method = route.split(' ')[0]!.toLowerCase() as 'post' | 'patch' | 'put' | 'delete';
    const answer = await (file
      ? program.operator.upload(path, file)
      : program.operator[method](path, payload ?? {}));
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);

    const requestId = answer.headers['x-request-id'] as string;
    const { items } = body<{ items: Entry[] }>(
      await program.operator.get(`operator/audit-log?requestId=${requestId}`),
      200,
    );
    expect(items).not.toEqual([]);
    for (const { actorEmail, impersonatorEmail, subjectType, before, after } of items) {
      expect(impersonatorEmail ?? actorEmail).toBe('admin@example.com');
      expect(subjectType).toMatch(/^[a-z_]+$/);
      expect(after).not.toEqual(before);
    }
    // What was there before is told, unless this made it.
    if (!makes && answer.status !== 201) expect(items.map(({ before }) => before)).not.toContain(null);
  });

  it('holds no secret of what was changed', async () => {
    const [{ text }] = await app.db.query<[{ text: string }]>(
      `SELECT string_agg(audit_log::text, ' ') AS text FROM audit_log`,
    );
    const sealed = await app.db.query<{ secret_sealed: string }[]>('SELECT secret_sealed FROM sync_keys');
    expect(sealed.length).toBeGreaterThan(1);
    for (const { secret_sealed: secret } of sealed) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/"[a-zA-Z_]*(secret|password|sealed|token)[a-zA-Z_]*"|\$argon2/i);
  });
});
