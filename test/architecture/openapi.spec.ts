import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COUNT_COLUMNS, MONEY_COLUMNS } from '../../src/commissions/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type AppProcess, spawnApp } from '../support/process.js';

interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  pattern?: string;
  maxLength?: number;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema | boolean;
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  enum?: unknown[];
}
interface Response {
  description: string;
  headers?: Record<string, { schema?: Schema }>;
  content?: Record<string, { schema?: Schema }>;
}
interface Operation {
  operationId: string;
  summary?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  parameters?: { name: string; in: string; required?: boolean; schema?: Schema }[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
  responses: Record<string, Response>;
  description?: string;
  'x-permission'?: string;
  'x-roles'?: string[];
  'x-step-up'?: boolean;
  'x-fresh-sign-in'?: boolean;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, unknown> };
}

let database: TestDatabase;
let app: AppProcess;
let document: Document;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await spawnApp({ DATABASE_URL: database.url, LOG_LEVEL: 'warn' });
  document = (await (await fetch(`${app.url}/api/openapi.json`)).json()) as Document;
});
afterAll(async () => {
  await app.kill();
  await database.drop();
});

/** `[name, operation]` of every route. */
function operations(): [string, Operation][] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );
}

/** Names of the operations that are at fault. */
function faulty(isRight: (operation: Operation, name: string) => boolean): string[] {
  return operations()
    .filter(([name, operation]) => !isRight(operation, name))
    .map(([name]) => name);
}

/** Their answers are pages, and they read anything. */
const BEFORE_THE_FRAMEWORK = new Set(['GET /r/{code}', 'GET /b/{code}']);

/** POSTs that take no Idempotency-Key, with the reason why they need none. */
const WITHOUT_KEY: Readonly<Record<string, RegExp>> = {
  'their answers are tokens or secrets, which are not kept, or they take a token that is good once':
    /^\/api\/v1\/(auth|me)\/|\/partners\/\{id\}\/impersonate$/,
  'what comes in has ids of its own, or the same again changes nothing':
    /^\/api\/(sync|ads)\/|^\/api\/v1\/(inbound|unsubscribe)/,
  'they only read': /\/preview$/,
  'a state changes once: the second time is refused, or changes nothing':
    /\/(accept|approve|approve-content|approve-platform|archive|block|cancel|close|confirm|decline|decline-content|end|exit|expire|2fa\/reset|launch|make-default|open|pause|publish|reactivate|read|reject|release|remove|reopen|resume|revoke|submit|suspend|take-down|unarchive|unblock|unlock|verify)$/,
  'a page’s form sends no headers of ours; an address signs up once': /^\/sign-up$/,
  'each partner is set to what is asked for': /\/partners\/bulk$/,
  'a mail or a question goes out again, which is what is asked for':
    /\/(invite-again|broadcasts\/\{id\}\/test|social-accounts\/connect|social-accounts\/\{id\}\/verification)$/,
};
/** Money moves by these though no two-factor code is asked for. */
const MONEY_WITHOUT_CODE = [
  '/api/v1/brand/publications/{id}/confirm',
  '/api/v1/partner/posts/{id}/payment-request',
];
/** A code is asked for by these though no money moves. */
const CODE_WITHOUT_MONEY = [
  '/api/v1/operator/users/{id}/2fa/reset',
  '/api/v1/partner/cashout-schedules/{id}/pause',
  '/api/v1/partner/cashout-schedules/{id}/resume',
  '/api/v1/partner/payment-methods',
];

const isSuccess = (status: string) => /^[23]/.test(status);

/** Places below `schema` that say nothing about what stands there. */
function untyped(schema: Schema | undefined, place: string): string[] {
  if (!schema) return [place];
  if (schema.$ref !== undefined) return nameOf(schema.$ref) in document.components.schemas ? [] : [place];
  const variants = schema.allOf ?? schema.oneOf ?? schema.anyOf;
  if (variants) return variants.flatMap((variant, index) => untyped(variant, `${place}/${index}`));
  if (schema.type === undefined) return [place];
  const types = [schema.type].flat();
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    untyped(property, `${place}.${name}`),
  );
  if (types.includes('array')) inner.push(...untyped(schema.items, `${place}[]`));
  if (types.includes('object') && !schema.properties && schema.additionalProperties === undefined) {
    inner.push(`${place} (an object of unknown shape)`);
  }
  return inner;
}

/** Places below `schema` where a text may be as long as it likes, of any form. */
function endless(schema: Schema, place: string, seen = new Set<string>()): string[] {
  if (schema.$ref !== undefined) {
    const name = nameOf(schema.$ref);
    if (seen.has(name)) return [];
    return endless(document.components.schemas[name]!, name, seen.add(name));
  }
  const inner = [
    ...[schema.oneOf, schema.allOf, schema.anyOf].flatMap((variants = []) =>
      variants.map((variant): [string, Schema] => ['', variant]),
    ),
    ...Object.entries(schema.properties ?? {}).map(([name, property]): [string, Schema] => [
      `.${name}`,
      property,
    ]),
    ...(schema.items ? [['[]', schema.items] as [string, Schema]] : []),
  ].flatMap(([step, part]) => endless(part, place + step, seen));
  const { type = [], enum: values, format, pattern, maxLength } = schema;
  const isText = [type].flat().includes('string');
  return isText && !values && !format && !pattern && maxLength === undefined ? [place, ...inner] : inner;
}

function nameOf(reference: string): string {
  return reference.replace('#/components/schemas/', '');
}

describe('the OpenAPI document', () => {
  it('asks for no parameter that has a default', () => {
    const withDefault = operations().flatMap(([name, { parameters = [] }]) =>
      parameters
        .filter(({ schema }) => schema && 'default' in schema)
        .map((parameter) => ({ route: name, ...parameter })),
    );
    expect(withDefault.length).toBeGreaterThan(50);
    expect(withDefault.filter(({ required }) => required)).toEqual([]);
  });

  it('has one schema for each name', () => {
    expect(document.components.schemas).not.toEqual({});
    expect(app.output()).not.toContain('Duplicate DTO');
  });

  it('is of version 3.1 and describes more than the platform', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(operations().length).toBeGreaterThan(50);
  });

  it('names every operation once', () => {
    const ids = operations().map(([, { operationId }]) => operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('has a summary and a tag for every route', () => {
    expect(faulty(({ summary }) => Boolean(summary?.trim()))).toEqual([]);
    expect(faulty(({ tags }) => Boolean(tags?.length))).toEqual([]);
  });

  it('has one successful answer per route, 202 or 204 beside it where work may be put off or there may be nothing, with its schema', () => {
    const withoutBody = new Set(['204', '302']);
    const answers = ({ responses }: { responses: object }): string =>
      Object.keys(responses).filter(isSuccess).sort().join();
    expect(faulty((operation) => /^\d{3}$|^200,20[24]$/.test(answers(operation)))).toEqual([]);
    expect(
      faulty(({ responses }) =>
        Object.entries(responses)
          .filter(([status]) => isSuccess(status) && !withoutBody.has(status))
          .every(([, { content }]) => Object.values(content ?? {}).some(({ schema }) => schema)),
      ),
    ).toEqual([]);
  });

  it('documents errors as problems', () => {
    expect(faulty(({ responses }) => '503' in responses)).toEqual([]);
    expect(
      faulty(
        ({ responses }, name) =>
          BEFORE_THE_FRAMEWORK.has(name) ||
          Object.entries(responses)
            .filter(([status]) => /^[45]/.test(status))
            .every(([, { content }]) =>
              content?.['application/problem+json']?.schema?.$ref?.endsWith('/Problem'),
            ),
      ),
    ).toEqual([]);
  });

  it('documents what may be wrong with input, and where something may be missing', () => {
    const takesInput = ({ parameters = [], requestBody }: Operation) =>
      requestBody !== undefined || parameters.some((parameter) => parameter.in !== 'header');
    expect(
      faulty(
        (operation, name) =>
          !takesInput(operation) || '400' in operation.responses || BEFORE_THE_FRAMEWORK.has(name),
      ),
    ).toEqual([]);
    expect(faulty(({ responses }, name) => !name.includes(' /api/v1/') || '400' in responses)).toEqual([]);
    expect(
      faulty(
        ({ parameters = [], responses }) => !parameters.some((p) => p.in === 'path') || '404' in responses,
      ),
    ).toEqual([]);
  });

  it('says of every guarded route how it is opened and refused', () => {
    const open = operations().filter(([, { security }]) => !security?.length);
    const openAreas =
      /^[A-Z]+ (\/$|\/r\/|\/b\/|\/m\/|\/health\/|\/metrics$|\/api\/dev\/|\/api\/v1\/auth\/|\/api\/v1\/unsubscribe$|\/sign-up$|\/feeds\/|\/api\/sync\/|\/api\/ads\/|\/api\/v1\/social-accounts\/|\/api\/v1\/terms$|\/api\/v1\/inbound\/)/;
    expect(open.map(([name]) => name).filter((name) => !openAreas.test(name))).toEqual([]);
    const schemes = Object.keys(document.components.securitySchemes);
    expect(
      faulty(({ security = [] }) =>
        security.every((way) => Object.keys(way).every((key) => schemes.includes(key))),
      ),
    ).toEqual([]);
    expect(faulty(({ security, responses }) => !security?.length || '401' in responses)).toEqual([]);
    expect(
      faulty(
        ({ responses }, name) => !/\/api\/v1\/(operator|partner|brand)\//.test(name) || '403' in responses,
      ),
    ).toEqual([]);
  });

  it('A24 says of every guarded route which permission and which roles open it, and whether a code is needed', () => {
    expect(
      faulty(
        ({ security, description = '', 'x-permission': permission = '', 'x-roles': roles = [] }) =>
          !security?.length || (roles.length > 0 && description.includes(`\`${permission}\``)),
      ),
    ).toEqual([]);
    expect(document.paths['/api/v1/partner/cashouts']?.['post']).toMatchObject({
      'x-permission': 'partner:wallet:withdraw',
      'x-roles': ['partner:owner', 'partner:finance'],
      'x-active-only': true,
      'x-impersonation': 'by-setting',
      'x-step-up': true,
      description: expect.stringMatching(/partner owner, partner finance.*STEP_UP_REQUIRED/s) as string,
    });
  });

  it('A24 says which routes take a sign-in or a code of the last minutes', () => {
    const fresh = operations().filter(([, operation]) => operation['x-fresh-sign-in']);
    expect(fresh.map(([name]) => name).sort()).toEqual([
      'PATCH /api/v1/operator/users/{id}',
      'PATCH /api/v1/partner/users/{id}',
      'POST /api/v1/auth/2fa/setup',
      'POST /api/v1/operator/brands/{id}/users',
      'POST /api/v1/operator/users',
      'POST /api/v1/operator/users/{id}/unblock',
      'POST /api/v1/partner/jobs/{id}/join',
      'POST /api/v1/partner/users',
      'POST /api/v1/partner/users/{id}/unblock',
    ]);
    const silent = fresh.filter(([, { description }]) => !description?.includes('REAUTHENTICATION_REQUIRED'));
    expect(silent).toEqual([]);
  });

  it('types every parameter, body, answer and property', () => {
    const places = operations().flatMap(([name, { parameters = [], requestBody, responses }]) => [
      ...parameters.flatMap((parameter) => untyped(parameter.schema, `${name} ?${parameter.name}`)),
      ...Object.values(requestBody?.content ?? {}).flatMap(({ schema }) => untyped(schema, `${name} body`)),
      ...Object.entries(responses).flatMap(([status, { content = {} }]) =>
        Object.values(content).flatMap(({ schema }) => untyped(schema, `${name} ${status}`)),
      ),
    ]);
    const schemas = Object.entries(document.components.schemas);
    expect([...places, ...schemas.flatMap(([name, schema]) => untyped(schema, name))]).toEqual([]);
  });

  it.each(['/r/{code}', '/b/{code}'])('describes what is answered before the framework: %s', (path) => {
    const operation = document.paths[path]?.['get'];
    expect(Object.keys(operation?.responses ?? {})).toEqual(['302', '404', '503']);
    expect(operation?.parameters).toMatchObject([{ name: 'code', in: 'path', required: true }]);
  });

  it('B06 has an Idempotency-Key on every POST that creates, required where money moves', () => {
    const posts = Object.entries(document.paths).flatMap(([path, { post }]) =>
      post ? [{ path, post, key: post.parameters?.find(({ name }) => name === 'Idempotency-Key') }] : [],
    );
    const needNone = Object.values(WITHOUT_KEY);
    const without = posts.filter(({ key }) => !key);
    expect(
      without.map(({ path }) => path).filter((path) => !needNone.some((paths) => paths.test(path))),
    ).toEqual([]);
    expect(needNone.filter((paths) => !without.some(({ path }) => paths.test(path)))).toEqual([]);
    expect(without.filter(({ post }) => '201' in post.responses || '202' in post.responses)).toEqual([]);
    const money = posts
      .filter(({ path, post }) => post['x-step-up'] && !CODE_WITHOUT_MONEY.includes(path))
      .map(({ path }) => path);
    const required = posts.filter(({ key }) => key?.required).map(({ path }) => path);
    expect(required.sort()).toEqual([...money, ...MONEY_WITHOUT_CODE].sort());
    const refusals = ['400', '409', '422'];
    const silent = posts.filter(
      ({ key, post }) => key && !refusals.every((status) => status in post.responses),
    );
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  it('has a nextCursor beside the items of every list under the base path', () => {
    const shapeOf = ({ responses }: Operation): Schema => {
      const schema = responses['200']?.content?.['application/json']?.schema;
      return document.components.schemas[nameOf(schema?.$ref ?? '')] ?? schema ?? {};
    };
    const lists = operations().filter(
      ([name, operation]) => name.startsWith('GET /api/v1/') && shapeOf(operation).properties?.['items'],
    );
    expect(lists.length).toBeGreaterThan(80);
    const cut = lists.filter(([, operation]) => !shapeOf(operation).properties!['nextCursor']);
    // Not a list: the days of a period with their totals.
    expect(cut.map(([name]) => name)).toEqual(['GET /api/v1/partner/ad-campaigns/{id}/statistics']);
  });

  it('says of every id in a path which form it has', () => {
    const ids = operations().flatMap(([name, { parameters = [] }]) =>
      parameters
        .filter(({ in: where, name: parameter }) => where === 'path' && /^id$|Id$/.test(parameter))
        .map(({ name: parameter, schema }) => ({ of: `${name} ${parameter}`, format: schema?.format })),
    );
    expect(ids.length).toBeGreaterThan(0);
    expect(ids.filter(({ format }) => format !== 'uuid')).toEqual([]);
  });

  it('says how long every text of a body may be, or of which form, as its validators do', () => {
    const bodies = operations().flatMap(([name, { requestBody }]) =>
      Object.values(requestBody?.content ?? {}).flatMap(({ schema }) => endless(schema!, name)),
    );
    // Items of batches, checked by hand so that one bad item does not refuse the others; what is checked against a list
    // or a clock; lists that a form holds as one text; and a text that is not kept.
    const otherwise =
      /^Sync|^PersonItemDto\.|\.(timeZone|currency|eventTypes\[\]|allowedHosts\[\]|codes\[\])$|^UploadMediumDto\.(tags|partnerIds)$|^UnsubscribeDto\.List-Unsubscribe$|^ResendFailedDto\.(from|to)$/;
    expect(bodies.filter((place) => !otherwise.test(place))).toEqual([]);
    const { SyncPlayersDto, CreateBrandDto, CreateAdDto, UpdateMeDto } = document.components.schemas;
    expect(SyncPlayersDto!.properties).toMatchObject({ players: { type: 'array', maxItems: 5_000 } });
    expect(CreateBrandDto!.properties).toMatchObject({
      name: { minLength: 1, maxLength: 120, pattern: '\\S' },
    });
    expect(CreateAdDto!.properties).toMatchObject({ clickUrl: { maxLength: 2_000 } });
    expect('+49 (30) 123-456').toMatch(new RegExp(UpdateMeDto!.properties!['phone']!.pattern!));
  });

  it('says of queries what their validators refuse', () => {
    const { parameters = [] } = document.paths['/api/v1/operator/partners']!['get']!;
    expect(parameters.find(({ name }) => name === 'country')?.schema).toMatchObject({
      minLength: 2,
      maxLength: 2,
    });
    expect(parameters.find(({ name }) => name === 'limit')?.schema).toMatchObject({
      minimum: 1,
      maximum: 200,
    });
  });

  it('says of an id that may be a word, too, what it may be', () => {
    const { parameters = [] } = document.paths['/api/v1/operator/tickets']!['get']!;
    const { schema } = parameters.find(({ name }) => name === 'assigneeId')!;
    expect(schema).not.toHaveProperty('format');
    expect('none').toMatch(new RegExp(schema!.pattern!));
    expect('nobody').not.toMatch(new RegExp(schema!.pattern!));
  });

  it('A07 names every figure that an activity may have', () => {
    const figures = [...MONEY_COLUMNS.map((column) => `${column}_cents`), ...COUNT_COLUMNS].sort();
    const named = (schema: string): string[] =>
      Object.keys(document.components.schemas[schema]!.properties!).filter((name) =>
        /_(cents|count)$/.test(name),
      );
    expect(named('SyncActivityItemDto').sort()).toEqual(figures);
    expect(named('SyncActivityLineDto').sort()).toEqual(figures);
  });

  it('has a page that shows it', async () => {
    const page = await fetch(`${app.url}/api/docs`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html']);
    expect(await page.text()).toContain('swagger-ui');
  });
});
