import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Landings } from '../../../src/brands/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { makeProgram } from '../../support/program.js';

interface ProblemBody {
  code: string;
  errors: { path: string; message: string }[];
}

describe('brands', () => {
  let app: TestApp;
  let operator: Person;
  let partner: Person;

  beforeAll(async () => {
    app = await createTestApp();
    operator = await signIn(app, 'admin@example.com', 'correct horse battery');
    partner = await joinAsPartner(app, operator, 'brands@partners.example');
  });
  afterAll(() => app.close());

  it('are made, changed and read', async () => {
    const made = body<{ id: string }>(
      await operator.post('operator/brands', { name: 'Söhne & Co', currency: 'JPY', country: 'MT' }),
      201,
    );
    expect(made).toMatchObject({ slug: 'sohne-co', state: 'active', tagParameter: 'tag', website: null });
    const changed = body(
      await operator.patch(`operator/brands/${made.id}`, {
        name: 'Daughters',
        country: null,
        tagParameter: 'cid',
      }),
      200,
    );
    expect(changed).toMatchObject({
      slug: 'sohne-co',
      name: 'Daughters',
      country: null,
      tagParameter: 'cid',
    });
    expect(body(await operator.get(`operator/brands/${made.id}`), 200)).toEqual(changed);
    expect(body(await operator.patch(`operator/brands/${made.id}`, {}), 200)).toEqual(changed);
  });

  it.each<[string, object, string]>([
    ['an unknown currency', { name: 'X', currency: 'EURO' }, 'currency'],
    ['a null name', { name: null, currency: 'EUR' }, 'name'],
    ['a script as website', { name: 'X', currency: 'EUR', website: 'javascript:alert(1)' }, 'website'],
    ['a tag parameter with a blank', { name: 'X', currency: 'EUR', tagParameter: 'a b' }, 'tagParameter'],
    [
      'an address among the hosts',
      { name: 'X', currency: 'EUR', allowedHosts: ['https://a.example'] },
      'allowedHosts',
    ],
    [
      'a whole top-level domain',
      { name: 'X', currency: 'EUR', allowedHosts: ['a.example', '*.com'] },
      'allowedHosts',
    ],
    ['a null list of hosts', { name: 'X', currency: 'EUR', allowedHosts: null }, 'allowedHosts'],
    ['a field that is not its own', { name: 'X', currency: 'EUR', state: 'archived' }, 'state'],
  ])('refuse %s and name the field', async (_name, input, path) => {
    const problem = body<ProblemBody>(await operator.post('operator/brands', input), 400);
    expect(problem.errors.map((error) => error.path)).toEqual([path]);
  });

  it('B08 name the hosts that deep links may lead to, kept as they are compared', async () => {
    const allowedHosts = ['Shop.Example', 'föx.example', '*.Fox.example', 'shop.example'];
    const normal = ['shop.example', 'xn--fx-fka.example', '*.fox.example'];
    const made = await operator.post('operator/brands', { name: 'Hosts', currency: 'EUR', allowedHosts });
    const { id } = body<{ id: string }>(made, 201);
    expect(made.body).toMatchObject({ allowedHosts: normal });
    expect(body(await operator.patch(`operator/brands/${id}`, { name: 'Hosts 2' }), 200)).toMatchObject({
      allowedHosts: normal,
    });
    expect(body(await operator.patch(`operator/brands/${id}`, { allowedHosts: [] }), 200)).toMatchObject({
      allowedHosts: [],
    });
    body(await partner.patch(`operator/brands/${id}`, { allowedHosts: ['evil.example'] }), 403);
  });

  it('have a slug of their own', async () => {
    const input = { name: 'Twin', currency: 'EUR' };
    body(await operator.post('operator/brands', input), 201);
    expect(body<ProblemBody>(await operator.post('operator/brands', input), 409).code).toBe(
      'BRAND_SLUG_TAKEN',
    );
  });

  it('are made once per idempotency key', async () => {
    const [key, input] = [randomUUID(), { name: 'Once', currency: 'EUR' }];
    const first = body(await operator.postWithKey('operator/brands', input, key), 201);
    const again = await operator.postWithKey('operator/brands', input, key);
    expect(body(again, 201)).toEqual(first);
    expect(again.headers['idempotent-replayed']).toBe('true');
  });

  it('are shown to partners while active, page by page', async () => {
    const { brandId } = await makeProgram(operator);
    body(await operator.patch(`operator/brands/${brandId}`, { name: 'Zebra 100% fun' }), 200);
    const found = async (query: string) =>
      body<{ items: { id: string }[]; nextCursor: string | null }>(
        await partner.get(`partner/brands?${query}`),
        200,
      );
    expect((await found('name=100%25%20FUN')).items.map(({ id }) => id)).toEqual([brandId]);
    const first = await found('limit=1');
    const second = await found(`limit=1&cursor=${first.nextCursor}`);
    expect(second.items[0]!.id > first.items[0]!.id).toBe(true);
    body(await operator.patch(`operator/brands/${brandId}`, { state: 'archived' }), 200);
    expect((await found('name=Zebra')).items).toEqual([]);
    expect(body(await partner.get(`partner/brands/${brandId}`), 200)).toMatchObject({ state: 'archived' });
    body(await partner.get('partner/brands?cursor=bm9uc2Vuc2U'), 400);
    body(await partner.get(`partner/brands/${randomUUID()}`), 404);
  });

  it('A04 offer landings by audience and media', async () => {
    const { brandId, landingId } = await makeProgram(operator);
    const landing = { brandId, title: 'Join', url: 'https://brand.example/join', audience: 'sub_affiliates' };
    const join = body<{ id: string }>(await operator.post('operator/landings', landing), 201);
    const list = async (query: string) =>
      body<{ items: { id: string }[] }>(await partner.get(`partner/landings?${query}`), 200).items.map(
        ({ id }) => id,
      );
    expect(await list(`brandId=${brandId}`)).toEqual([landingId, join.id]);
    expect(await list(`brandId=${brandId}&audience=sub_affiliates`)).toEqual([join.id]);
    body(await operator.patch(`operator/landings/${join.id}`, { active: false }), 200);
    expect(await list(`brandId=${brandId}`)).toEqual([landingId]);
    body(await operator.post('operator/landings', { ...landing, brandId: randomUUID() }), 404);
    const wrong = await operator.post('operator/landings', { ...landing, url: 'ftp://brand.example' });
    expect(body<ProblemBody>(wrong, 400).errors[0]).toEqual({
      path: 'url',
      message: 'url must be an absolute http or https URL',
    });
    const medium = {
      brandId,
      title: 'Fox',
      kind: 'image',
      url: 'https://cdn.example/fox.png',
      width: 300,
      height: 250,
    };
    const { id } = body<{ id: string }>(await operator.post('operator/media', medium), 201);
    expect(body(await partner.get(`partner/media?brandId=${brandId}`), 200)).toMatchObject({
      items: [{ id, width: 300, language: null }],
    });
  });

  it('tell the redirect where a landing leads', async () => {
    const { landingId } = await makeProgram(operator);
    expect(await app.app.get(Landings).getTarget(app.db, landingId)).toEqual({
      landingUrl: 'https://brand.example/welcome',
      audience: 'players',
      tagParameter: 'tag',
      allowedHosts: [],
    });
  });

  it('are the operator’s to change', async () => {
    body(await partner.post('operator/brands', { name: 'Mine', currency: 'EUR' }), 403);
    body(await partner.get('operator/landings'), 403);
  });
});
