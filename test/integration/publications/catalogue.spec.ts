import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { body, joinAsPartner, type Person } from '../../support/journey.js';
import { OfferScene } from './scene.js';

interface Brand {
  id: string;
  name: string;
  rating: number | null;
  offersCount: number;
  pricingModels: string[];
  offers?: { id: string; title: string; brand: { id: string } }[];
}
interface Page {
  items: Brand[];
  nextCursor: string | null;
}

/** The brand that the scene has beside. */
const OTHER = expect.stringMatching(/^Brand \d+$/) as string;

let scene: OfferScene;
let creator: Person;
let foxId: string;

beforeAll(async () => {
  scene = await OfferScene.open({ background: false });
  const { operator, program } = scene;
  foxId = program.brandId;
  creator = await joinAsPartner(scene.app, operator, 'ann@creators.example', { kind: 'creator' });
  const change = { name: 'Fox', category: 'sport', country: 'MT', rating: 3.5 };
  body(await operator.patch(`operator/brands/${foxId}`, change), 200);
  for (const [name, rating, rest] of [
    ['beta', 5, { category: 'sport', country: 'DE' }],
    ['Alpha', 3.5, {}],
    ['alpha 2', null, { category: 'Shoes' }],
    ['Gone', 5, { state: 'archived' }],
  ] as const) {
    const { id } = body<{ id: string }>(
      await operator.post('operator/brands', { name, currency: 'EUR', slug: name.toLowerCase().replace(' ', '-') }),
      201,
    ); // prettier-ignore
    body(await operator.patch(`operator/brands/${id}`, { rating, ...rest }), 200);
  }
  await scene.offer({ title: 'Reel' });
  await scene.offer({ title: 'Story' });
  await scene.draft({ title: 'Draft' });
});
afterAll(() => scene.app.close());

const find = async (query: string): Promise<Page> =>
  body<Page>(await creator.get(`partner/brands?${query}`), 200);
const names = async (query: string): Promise<string[]> => (await find(query)).items.map(({ name }) => name);

describe('T02 the catalogue of brands', () => {
  it('is searched by name and filtered by category, country and pricing model', async () => {
    expect(await names('search=ALPHA')).toEqual(['Alpha', 'alpha 2']);
    expect(await names('name=alpha%202')).toEqual(['alpha 2']);
    expect(await names('search=%25')).toEqual([]);
    expect(await names('category=sport')).toEqual(['Fox', 'beta']);
    expect(await names('category=sport&country=de')).toEqual(['beta']);
    expect(await names('pricingModel=cpp')).toEqual(['Fox']);
    expect(await names('pricingModel=cpp&country=DE')).toEqual([]);
    expect(await names('pricingModel=barter')).toEqual([]);
    expect(await names('search=gone')).toEqual([]);
    for (const wrong of ['pricingModel=cpm', 'sort=rating', 'country=XX', 'rating=5', 'search=a&search=b']) {
      expect((await creator.get(`partner/brands?${wrong}`)).status, wrong).toBe(400);
    }
  });

  it('tells of each brand how many offers are open, and of which models', async () => {
    const { items } = await find('sort=-rating');
    const fox = items.find(({ id }) => id === foxId)!;
    expect(fox).toMatchObject({ rating: 3.5, offersCount: 2, pricingModels: ['cpp'] });
    expect(items[0]).toMatchObject({ name: 'beta', offersCount: 0, pricingModels: [] });
    expect(fox.offers).toBeUndefined();
  });

  it.each(['sort=-rating', 'sort=name', 'sort=createdAt'])('goes page by page, whatever its order: %s', async (sort) => {
    const whole = await names(sort);
    if (sort === 'sort=-rating') expect(whole).toEqual(['beta', 'Alpha', 'Fox', 'alpha 2', OTHER]);
    if (sort === 'sort=name') expect(whole).toEqual(['Alpha', 'alpha 2', 'beta', OTHER, 'Fox']);
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Page = await find(`${sort}&limit=2${cursor && `&cursor=${cursor}`}`);
      paged.push(...page.items.map(({ name }) => name));
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(whole);
    const first = await find(`${sort}&limit=1`);
    const other = sort === 'sort=name' ? 'sort=-rating' : 'sort=name';
    body(await creator.get(`partner/brands?${other}&cursor=${first.nextCursor}`), 400);
  }); // prettier-ignore

  it('takes no cursor that no page gave', async () => {
    for (const key of [
      ['0\0', foxId],
      ['a', 'no id'],
      ['a'.repeat(201), foxId],
      ['5.2', 'a', foxId],
    ]) {
      const cursor = Buffer.from(JSON.stringify(key)).toString('base64url');
      const sort = key.length === 2 ? 'name' : '-rating';
      expect((await creator.get(`partner/brands?sort=${sort}&cursor=${cursor}`)).status).toBe(400);
    }
  });

  it('has a card of each brand with its open offers', async () => {
    const card = body<Brand>(await creator.get(`partner/brands/${foxId}`), 200);
    expect(card).toMatchObject({ name: 'Fox', offersCount: 2, pricingModels: ['cpp'] });
    expect(card.offers!.map(({ title, brand }) => [title, brand.id])).toEqual([
      ['Story', foxId],
      ['Reel', foxId],
    ]);
    const { operator } = scene;
    body(await operator.patch(`operator/brands/${foxId}`, { state: 'archived' }), 200);
    expect(body<Brand>(await creator.get(`partner/brands/${foxId}`), 200)).toMatchObject({
      ...{ state: 'archived', offersCount: 0, pricingModels: [], offers: [] },
    });
    body(await operator.patch(`operator/brands/${foxId}`, { state: 'active' }), 200);
  });
});
