import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../../../src/platform/index.js';
import { PartnerPromoCodes } from '../../../src/tracking/promo-codes/partner-promo-codes.service.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { makeProgram, type Program } from '../../support/program.js';
import { download, joinBrand } from './order-scene.js';

interface Pool {
  id: string;
  brandId: string;
  state: string;
  codes: number;
  taken: number;
}
interface Code {
  id: string;
  code: string;
  poolId: string;
  current: boolean;
  brand: { id: string; name: string };
  promoId: string;
  orders: number;
}
interface Problem {
  code: string;
  errors: { path: string; message: string }[];
}

let app: TestApp;
let operator: Person;
let program: Program;
let owner: Person;
let reviewer: Person;
let stranger: Person;
let ann: Person;
let promoId: string;

beforeAll(async () => {
  app = await createTestApp();
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  program = await makeProgram(operator);
  owner = await joinBrand(app, operator, program.brandId, 'owner');
  reviewer = await joinBrand(app, operator, program.brandId, 'reviewer');
  stranger = await joinBrand(app, operator, (await makeProgram(operator)).brandId, 'owner');
  ann = await joinAsPartner(app, operator, 'ann@partners.example');
  promoId = await promote(ann);
});
afterAll(() => app.close());

/** A campaign of the partner for the brand, with one promo. */
async function promote(partner: Person, { brandId, planId, landingId } = program): Promise<string> {
  const input = { name: 'Autumn', brandId, commissionPlanId: planId, promo: { landingId } };
  const { id } = body<{ id: string }>(await partner.post('partner/campaigns', input), 201);
  const promos = await partner.get(`partner/campaigns/${id}/promos`);
  return body<{ items: { id: string }[] }>(promos, 200).items[0]!.id;
}

const open = async (codes: object, as = owner): Promise<Pool> =>
  body<Pool>(await as.post('brand/promo-codes', { name: 'Pool', ...codes }), 201);
const show = async ({ id }: Pool): Promise<Pool> =>
  body<Pool>(await owner.get(`brand/promo-codes/${id}`), 200);
const codesOf = async (partner: Person, query = ''): Promise<Code[]> =>
  body<{ items: Code[] }>(await partner.get(`partner/promo-codes?${query}`), 200).items;

describe('T03 pools of promo codes', () => {
  it('are opened by the brand from a list or at random, and filled up', async () => {
    const pool = await open({ name: 'Autumn', terms: '10 % off', codes: ['FOX-a', 'FOX-b'] });
    expect(pool).toMatchObject({
      brandId: program.brandId,
      state: 'open',
      codes: 2,
      taken: 0,
      terms: '10 % off',
    });
    const path = `brand/promo-codes/${pool.id}/codes`;
    body(await owner.post(path, { codes: ['FOX-c'], generate: { count: 50, prefix: 'GEN-' } }), 200);
    const { items } = body<{ items: { code: string }[] }>(await owner.get(`${path}?limit=200`), 200);
    expect(new Set(items.map(({ code }) => code)).size).toBe(53);
    expect(items.filter(({ code }) => /^GEN-[2-9A-Z]{8}$/.test(code))).toHaveLength(50);
  });

  it('hold each code once per brand, in whatever case; of a faulty list nothing is taken', async () => {
    await open({ codes: ['ONCE'] });
    const refused = async (codes: unknown, path: string) => {
      const problem = body<Problem>(await owner.post('brand/promo-codes', { name: 'Twice', codes }), 422);
      expect(problem.code).toBe('INVALID_PROMO_CODES');
      expect(problem.errors.map((error) => error.path)).toEqual([path]);
    };
    await refused(['NEW-1', 'once'], 'codes.1');
    await refused(['NEW-1', 'new-1'], 'codes.1');
    await refused(['NEW-1', '=1+1'], 'codes.1');
    await open({ codes: ['NEW-1'] });
    await open({ codes: ['ONCE'] }, stranger);
    body(await owner.post('brand/promo-codes', { name: 'X', generate: { count: 0 } }), 400);
    body(await owner.post('brand/promo-codes', { name: 'X', codes: [7] }), 400);
  });

  it('are added to by many at once without a deadlock or a code twice', async () => {
    const codes = Array.from({ length: 100 }, (_, index) => `RACE-${index}`);
    const pools = await Promise.all([open({}), open({}), open({}), open({})]);
    const answers = await Promise.all(
      pools.map(({ id }, turn) =>
        owner.post(`brand/promo-codes/${id}/codes`, { codes: turn % 2 ? codes : [...codes].reverse() }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422, 422]);
  });

  it('belong to one brand; its reviewers may look only', async () => {
    const pool = await open({ codes: ['MINE-1'] });
    body(await stranger.get(`brand/promo-codes/${pool.id}`), 404);
    body(await stranger.get(`brand/promo-codes/${pool.id}/codes`), 404);
    body(await stranger.post(`brand/promo-codes/${pool.id}/codes`, { codes: ['THEIRS'] }), 404);
    body(await stranger.post(`brand/promo-codes/${pool.id}/close`), 404);
    body(await reviewer.get(`brand/promo-codes/${pool.id}`), 200);
    body(await reviewer.post(`brand/promo-codes/${pool.id}/close`), 403);
    body(await ann.get('brand/promo-codes'), 403);
    expect(await show(pool)).toMatchObject({ state: 'open', codes: 1 });
  });

  it('are run by operators too, for any brand', async () => {
    const path = `operator/brands/${program.brandId}/promo-codes`;
    const pool = body<Pool>(await operator.post(path, { name: 'By us', codes: ['OPS-1'] }), 201);
    body(await operator.post(`${path}/${pool.id}/codes`, { codes: ['OPS-2'] }), 200);
    expect(body(await operator.post(`${path}/${pool.id}/close`), 200)).toMatchObject({
      state: 'closed',
      codes: 2,
    });
    body(await operator.get(`operator/brands/${randomUUID()}/promo-codes`), 404);
    const again = body<Problem>(await operator.post(`${path}/${pool.id}/close`), 409);
    expect(again.code).toBe('PROMO_CODE_POOL_CLOSED');
    body(await operator.post(`${path}/${pool.id}/codes`, { codes: ['OPS-3'] }), 409);
  });
});

describe('T03 a partner', () => {
  it('takes one code of a pool, and is given the same one again', async () => {
    const pool = await open({ codes: ['ONE-1', 'ONE-2'] });
    const first = body<Code>(await ann.post('partner/promo-codes', { poolId: pool.id }), 201);
    expect(first).toMatchObject({
      poolId: pool.id,
      promoId,
      current: true,
      orders: 0,
      brand: { id: program.brandId },
    });
    expect(body(await ann.post('partner/promo-codes', { poolId: pool.id }), 201)).toEqual(first);
    expect(await show(pool)).toMatchObject({ taken: 1 });
    const offered = body<{ items: object[] }>(
      await ann.get(`partner/promo-code-pools?brandId=${program.brandId}`),
      200,
    );
    expect(offered.items[0]).toMatchObject({ id: pool.id, code: first.code, available: true });
  });

  it('gets one code, however often it asks at once', async () => {
    const pool = await open({ generate: { count: 50 } });
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => ann.post('partner/promo-codes', { poolId: pool.id })),
    );
    expect(new Set(answers.map((answer) => (answer.body as Code).code)).size).toBe(1);
    expect(await show(pool)).toMatchObject({ taken: 1 });
  });

  it('gets a code of the brand, from the oldest open pool that has one', async () => {
    const shop = await makeProgram(operator);
    const boss = await joinBrand(app, operator, shop.brandId, 'owner');
    const wish = { brandId: shop.brandId };
    expect(body<Problem>(await ann.post('partner/promo-codes', wish), 409).code).toBe('NO_PROMO_CODES_LEFT');
    await open({}, boss);
    const full = await open({ codes: ['SHOP-1'] }, boss);
    const noPromo = body<Problem>(await ann.post('partner/promo-codes', wish), 422);
    expect(noPromo.errors[0]!.path).toBe('promoId');
    const own = await promote(ann, shop);
    const taken = body<Code>(await ann.post('partner/promo-codes', wish), 201);
    expect(taken).toMatchObject({ poolId: full.id, code: 'SHOP-1', promoId: own });
    expect(body(await ann.post('partner/promo-codes', wish), 201)).toMatchObject({ code: 'SHOP-1' });
  });

  it('says which promo where there are several, one of its own and of the brand', async () => {
    const pool = await open({ codes: ['PICK-1', 'PICK-2'] });
    const bob = await joinAsPartner(app, operator, 'bob@partners.example');
    const [first, second] = [await promote(bob), await promote(bob)];
    const refused = async (promo: string | undefined): Promise<void> => {
      const answer = await bob.post('partner/promo-codes', { poolId: pool.id, promoId: promo });
      expect(body<Problem>(answer, 422).errors[0]!.path).toBe('promoId');
    };
    await refused(undefined);
    await refused(promoId);
    await refused(randomUUID());
    const taken = await bob.post('partner/promo-codes', { poolId: pool.id, promoId: second });
    expect(body<Code>(taken, 201).promoId).toBe(second);
    // It would look as if the code counted for the other one by now.
    await refused(first);
    await refused(randomUUID());
    const again = await bob.post('partner/promo-codes', { poolId: pool.id, promoId: second });
    expect(body<Code>(again, 201)).toEqual(body<Code>(taken, 201));
  });

  it('is given none of an archived brand, but keeps its own', async () => {
    const shop = await makeProgram(operator);
    const boss = await joinBrand(app, operator, shop.brandId, 'owner');
    await promote(ann, shop);
    const pools = [await open({ codes: ['OLD-1', 'OLD-2'] }, boss), await open({ codes: ['OLD-3'] }, boss)];
    body(await ann.post('partner/promo-codes', { poolId: pools[0]!.id }), 201);
    body(await operator.patch(`operator/brands/${shop.brandId}`, { state: 'archived' }), 200);
    const refused = await ann.post('partner/promo-codes', { poolId: pools[1]!.id });
    expect(body<Problem>(refused, 422).errors[0]).toEqual({
      path: 'poolId',
      message: 'this brand is archived',
    });
    expect(body(await ann.post('partner/promo-codes', { brandId: shop.brandId }), 201)).toMatchObject({
      code: expect.stringMatching(/^OLD-[12]$/) as string,
    });
    expect(body(await ann.get(`partner/promo-code-pools?brandId=${shop.brandId}`), 200)).toMatchObject({
      items: [],
    });
  });

  it('is refused nonsense', async () => {
    const { brandId } = program;
    body(await ann.post('partner/promo-codes', {}), 422);
    body(await ann.post('partner/promo-codes', { brandId, poolId: randomUUID() }), 422);
    body(await ann.post('partner/promo-codes', { poolId: randomUUID() }), 404);
    body(await ann.post('partner/promo-codes', { brandId: randomUUID() }), 404);
    body(await ann.post('partner/promo-codes', { brandId, partnerId: randomUUID() }), 400);
    body(await ann.get('partner/promo-codes?tab=all'), 400);
    body(await ann.get('partner/promo-codes?cursor=WyJ4IiwieSJd'), 400);
  });

  it('finds codes by brand, those of closed pools in the history, and exports them inert', async () => {
    const shop = await makeProgram(operator);
    body(
      await operator.patch(`operator/brands/${shop.brandId}`, {
        name: '=HYPERLINK("x") Zebra',
        category: 'shoes',
        country: 'MT',
      }),
      200,
    );
    const boss = await joinBrand(app, operator, shop.brandId, 'owner');
    await promote(ann, shop);
    const pool = await open({ name: '@Old', terms: '+1', codes: ['ZEBRA-1'] }, boss);
    body(await ann.post('partner/promo-codes', { poolId: pool.id }), 201);
    const found = async (query: string) => (await codesOf(ann, query)).map(({ code }) => code);
    expect(await found('brand=zebra')).toEqual(['ZEBRA-1']);
    expect(await found('category=shoes&country=MT')).toEqual(['ZEBRA-1']);
    expect(await found('category=shoes&country=DE')).toEqual([]);
    expect(await found('brand=zebra&tab=history')).toEqual([]);
    body(await boss.post(`brand/promo-codes/${pool.id}/close`), 200);
    expect(await found('brand=zebra')).toEqual([]);
    expect((await codesOf(ann, 'brand=zebra&tab=history'))[0]).toMatchObject({
      code: 'ZEBRA-1',
      current: false,
    });

    const all = await codesOf(ann);
    const first = await ann.get('partner/promo-codes?limit=2');
    const { items, nextCursor } = body<{ items: Code[]; nextCursor: string }>(first, 200);
    expect([...items, ...(await codesOf(ann, `cursor=${nextCursor}`))]).toEqual(all);

    const [row] = await download(app, ann, 'partner/promo-codes?tab=history&format=xlsx');
    expect(row!.slice(0, 6)).toEqual(['ZEBRA-1', '=HYPERLINK("x") Zebra', 'shoes', 'MT', '@Old', '+1']);
  });
});

describe('T03 the last codes of a pool', () => {
  it('go to exactly as many of 50 partners who ask at once', async () => {
    const pool = await open({ codes: ['LAST-1', 'LAST-2', 'LAST-3'] });
    const partners = await app.db.query<{ partner: string; campaign: string; promo: string }[]>(
      `WITH base AS (SELECT gen_random_uuid() AS partner, gen_random_uuid() AS campaign, gen_random_uuid() AS promo, n
                       FROM generate_series(1, 50) n),
       p AS (INSERT INTO partners (id, name, kind, state, country, created_at)
             SELECT partner, 'Racer', 'creator', 'pending', 'DE', now() FROM base RETURNING id),
       c AS (INSERT INTO campaigns (id, partner_id, brand_id, commission_plan_id, name, state, created_at)
             SELECT campaign, partner, $1, $2, 'Race', 'active', now() FROM base RETURNING id),
       m AS (INSERT INTO promos (id, campaign_id, partner_id, brand_id, code, title, landing_id, created_at)
             SELECT promo, campaign, partner, $1, 'RACER' || lpad(n::text, 5, '0'), 'Race', $3, now() FROM base
             RETURNING id)
       SELECT partner, campaign, promo FROM base`,
      [program.brandId, program.planId, program.landingId],
    );
    const results = await Promise.allSettled(
      partners.map(({ partner }) =>
        app.app
          .get(UnitOfWork)
          .run((tx) => app.app.get(PartnerPromoCodes).take(tx, partner, { poolId: pool.id })),
      ),
    );
    const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.code] : []));
    expect(won.sort()).toEqual(['LAST-1', 'LAST-2', 'LAST-3']);
    const reasons = results.flatMap((result) =>
      result.status === 'rejected' ? [(result.reason as { code: string }).code] : [],
    );
    expect(new Set(reasons)).toEqual(new Set(['NO_PROMO_CODES_LEFT']));
    expect(await show(pool)).toMatchObject({ codes: 3, taken: 3 });
  });
});
