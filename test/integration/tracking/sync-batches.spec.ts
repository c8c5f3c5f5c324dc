import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseUrlOf } from '../../../src/platform/index.js';
import { BatchRetention } from '../../../src/tracking/batches/batch-retention.job.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { makeTrackingScene, signedHeaders, type TrackingScene } from '../../support/tracking-scene.js';
import { personOf } from '../identity/matrix/people.js';
import { Caller } from '../identity/scene.js';

interface Batch {
  id: string;
  kind: string;
  rejected: number;
}

interface List {
  items: Batch[];
  nextCursor: string | null;
}

interface Detail extends Batch {
  refusals: { index: number; code: string; message: string }[];
  nextCursor: string | null;
}

const ROUTE = '/api/v1/brand/sync-batches';

let app: TestApp;
let scene: TrackingScene;
let brand: Caller;
let stranger: Caller;
let operator: Caller;

beforeAll(async () => {
  app = await createTestApp();
  scene = await makeTrackingScene(databaseUrlOf(app.db));
  const other = await makeTrackingScene(databaseUrlOf(app.db));
  brand = new Caller(app, (await personOf(app, 'brand:reviewer', scene.brandId)).token);
  stranger = new Caller(app, (await personOf(app, 'brand:owner', other.brandId)).token);
  operator = new Caller(app, (await personOf(app, 'operator:support', scene.brandId)).token);
  const nobody = { user_id: 'nobody', currency: 'EUR', bets_sum_cents: 1 };
  await send('players', { players: [] });
  await send('activity', { from: '2026-10-10T10:00:00Z', to: '2026-10-10T11:00:00Z', items: [nobody] });
  await send('players', { players: Array.from({ length: 7 }, (_, index) => ({ user_id: `p-${index}` })) });
});
afterAll(() => app.close());

async function send(what: string, batch: object): Promise<void> {
  const text = JSON.stringify(batch);
  const headers = signedHeaders(scene, text);
  const response = await fetch(`${app.url}/api/sync/v1/${what}`, { method: 'POST', body: text, headers });
  expect(response.status).toBe(200);
}

const list = async (query = '', caller = brand): Promise<List> =>
  body<List>(await caller.get(`${ROUTE}${query}`), 200);

describe('A07 the page of batches', () => {
  it('lists the brand’s own, newest first, by kind and by refusal, page by page', async () => {
    const all = await list();
    expect(all.items.map(({ kind, rejected }) => [kind, rejected])).toEqual([
      ['players', 7],
      ['activity', 1],
      ['players', 0],
    ]);
    expect((await list('?kind=players')).items).toEqual([all.items[0], all.items[2]]);
    expect((await list('?refused=true')).items).toEqual(all.items.slice(0, 2));
    const first = await list('?limit=2');
    expect((await list(`?limit=2&cursor=${first.nextCursor}`)).items).toEqual(all.items.slice(2));
    expect((await list('', stranger)).items).toEqual([]);
  });

  it('shows what was refused and why, page by page', async () => {
    const [{ id }] = (await list()).items as [Batch];
    const first = body<Detail>(await brand.get(`${ROUTE}/${id}?limit=5`), 200);
    expect(first).toMatchObject({ id, kind: 'players', rejected: 7 });
    expect(first.refusals.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
    expect(first.refusals[0]).toMatchObject({ code: 'INVALID_FIELD' });
    const rest = body<Detail>(await brand.get(`${ROUTE}/${id}?limit=5&cursor=${first.nextCursor}`), 200);
    expect([rest.refusals.map(({ index }) => index), rest.nextCursor]).toEqual([[5, 6], null]);
    expect((await stranger.get(`${ROUTE}/${id}`)).status).toBe(404);
    expect((await brand.get(`${ROUTE}/${id}?cursor=no`)).status).toBe(400);
  });

  it('is shown to operators brand by brand', async () => {
    const route = `/api/v1/operator/brands/${scene.brandId}/sync-batches`;
    const { items } = body<List>(await operator.get(route), 200);
    expect(items).toEqual((await list()).items);
    expect(body<Detail>(await operator.get(`${route}/${items[0]!.id}`), 200).refusals).toHaveLength(7);
  });

  it('forgets batches after 90 days, and nothing younger', async () => {
    const before = await list();
    await app.app.get(BatchRetention).run();
    expect(await list()).toEqual(before);
    app.clock.advance(91 * 24 * 60 * 60);
    await app.app.get(BatchRetention).run();
    const [{ count }] = await app.db.query<[{ count: number }]>(
      'SELECT count(*)::int AS count FROM sync_batches',
    );
    expect(count).toBe(0);
  });
});
