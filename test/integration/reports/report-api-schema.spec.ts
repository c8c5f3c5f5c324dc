import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COLUMNS } from '../../../src/reports/domain/catalogue/columns.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { type AppProcess, spawnApp } from '../../support/process.js';
import { makeStatisticsReader } from '../../support/statistics-reader.js';
import { makeTrackingScene } from '../../support/tracking-scene.js';

type Json = { [key: string]: unknown };
interface Document {
  paths: Record<
    string,
    { get: { responses: Record<string, { content: Record<string, { schema: Json }> }> } }
  >;
  components: Json;
}

const API = '/api/customer/v1/partner';
const TOKEN = 'a statistics token';
const TODAY = new Date().toISOString().slice(0, 10);
const RANGE = `from=${TODAY}&to=${TODAY}`;
const ALL_COLUMNS = Object.keys(COLUMNS)
  .map((name) => `columns[]=${name}`)
  .join('&');

let database: TestDatabase;
let app: AppProcess;
let document: Document;

beforeAll(async () => {
  database = await createTestDatabase();
  const { partnerId, brandId, campaignId, promos } = await makeTrackingScene(database.url);
  const client = new pg.Client(database.url);
  await client.connect();
  await makeStatisticsReader(client, partnerId, TOKEN);
  await client.query(
    `INSERT INTO visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, query)
     VALUES (gen_random_uuid(), $1, $2, $3, $4, now(), '{}')`,
    [partnerId, brandId, campaignId, promos[0]!.id],
  );
  await client.end();
  app = await spawnApp({ DATABASE_URL: database.url, LOG_LEVEL: 'warn' });
  document = (await (await fetch(`${app.url}/api/openapi.json`)).json()) as Document;
});
afterAll(async () => {
  await app.kill();
  await database.drop();
});

/** The schema without room for what it does not name. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== 'object') return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return 'properties' in inner ? { additionalProperties: false, ...inner } : inner;
}

/** What is wrong with the answer of a route by its description. */
function faults(route: string, status: number, type: string, answer: unknown): ErrorObject[] {
  const { schema } = document.paths[route]!.get.responses[String(status)]!.content[type]!;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile(closed({ components: document.components, ...schema }) as Json);
  validate(answer);
  return validate.errors ?? [];
}

async function ask(path: string, token = TOKEN): Promise<{ status: number; type: string; answer: Json }> {
  const response = await fetch(`${app.url}${API}/${path}`, { headers: { authorization: token } });
  const type = response.headers.get('content-type')!.split(';')[0]!;
  return { status: response.status, type, answer: (await response.json()) as Json };
}

describe('B10 the answers of the report API', () => {
  it.each([
    [
      'report',
      200,
      `report?${RANGE}&${ALL_COLUMNS}&group_by[]=day&group_by[]=campaign&group_by[]=promo&group_by[]=brand`,
    ],
    ['report', 200, `report?${RANGE}&group_by[]=player&group_by[]=strategy&group_by[]=dynamic_tag_x`],
    ['report', 200, 'report?from=2020-01-01&to=2020-01-31'],
    ['report', 400, `report?${RANGE}&columns[]=secrets`],
    ['report/attributes', 200, 'report/attributes'],
    ['campaigns', 200, 'campaigns?page=1&per_page=50&state=all'],
    ['campaigns', 400, 'campaigns?page=none'],
    ['report/requests/{id}', 404, 'report/requests/00000000-0000-7000-8000-000000000000'],
  ])('of %s with %i are as they are described: %s', async (route, expected, path) => {
    const { status, type, answer } = await ask(path);
    expect(status).toBe(expected);
    expect(faults(`${API}/${route}`, status, type, answer)).toEqual([]);
  });

  it('of a report that is made in the background are as they are described', async () => {
    const accepted = await ask(`report?${RANGE}&async=true`);
    expect(accepted.status).toBe(202);
    expect(faults(`${API}/report`, 202, accepted.type, accepted.answer)).toEqual([]);
    const { status, type, answer } = await ask(`report/requests/${String(accepted.answer['id'])}`);
    expect(status).toBe(200);
    expect(faults(`${API}/report/requests/{id}`, status, type, answer)).toEqual([]);
  });

  it('to a wrong token are as they are described', async () => {
    for (const route of ['report', 'report/attributes', 'campaigns']) {
      const { status, type, answer } = await ask(route, 'wrong');
      expect(status).toBe(401);
      expect(faults(`${API}/${route}`, status, type, answer)).toEqual([]);
    }
  });
});
