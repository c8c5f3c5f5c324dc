import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, BrandServer, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { makeProgram, type Program } from '../../support/program.js';
import { download, joinBrand } from './order-scene.js';

interface Order {
  id: string;
  orderId: string;
  status: string;
  promoCode: string | null;
  declineReason: string | null;
}
type Page = { items: Order[]; nextCursor: string | null };

let app: TestApp;
let operator: Person;
let owner: Person;
let reviewer: Person;
let stranger: Person;
let ann: Person;
let bob: Person;
let program: Program;
let server: BrandServer;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  program = await makeProgram(operator);
  owner = await joinBrand(app, operator, program.brandId, 'owner');
  reviewer = await joinBrand(app, operator, program.brandId, 'reviewer');
  stranger = await joinBrand(app, operator, (await makeProgram(operator)).brandId, 'owner');
  ann = await promoting('ann');
  bob = await promoting('bob');
  const path = `operator/brands/${program.brandId}/sync-keys`;
  const key = body<{ authKey: string; secret: string }>(await operator.post(path), 201);
  server = new BrandServer(app, key.authKey, key.secret);
  await server.sync('orders', {
    orders: [
      order('o-1', { ordered_at: '2026-10-01T10:00:00Z', country: 'DE', status: 'approved' }),
      order('o-2', { ordered_at: '2026-10-02T10:00:00Z', country: 'AT' }),
      order('=o-3', { ordered_at: '2026-10-03T10:00:00Z', country: 'DE' }),
      order('o-4', { ordered_at: '2026-10-03T10:00:00Z', status: 'declined' }),
      order('o-bob', { promo_code: 'BOB-1' }),
    ],
  });
});
afterAll(() => app.close());

/** A partner with a promo code of the brand, which is its name and `-1`. */
async function promoting(name: string): Promise<Person> {
  const partner = await joinAsPartner(app, operator, `${name}@partners.example`);
  const { brandId, planId: commissionPlanId, landingId } = program;
  const campaign = { name: '+Autumn', brandId, commissionPlanId, promo: { landingId } };
  body(await partner.post('partner/campaigns', campaign), 201);
  const pool = { name, codes: [`${name.toUpperCase()}-1`] };
  const { id: poolId } = body<{ id: string }>(await owner.post('brand/promo-codes', pool), 201);
  body(await partner.post('partner/promo-codes', { poolId }), 201);
  return partner;
}

function order(id: string, change: object = {}): object {
  return {
    order_id: id,
    promo_code: 'ANN-1',
    amount: '80.00',
    currency: 'EUR',
    ordered_at: '2026-10-05T10:00:00Z',
    status: 'pending',
    ...change,
  };
}

const list = async (who: Person, path: string): Promise<Page> => body<Page>(await who.get(path), 200);
const found = async (who: Person, path: string): Promise<string[]> =>
  (await list(who, path)).items.map(({ orderId }) => orderId);

/** A pending order of Ann's. */
async function pending(id: string): Promise<Order> {
  await server.sync('orders', { orders: [order(id)] });
  return (await list(owner, `brand/orders?orderId=${id}`)).items[0]!;
}

describe('T07 the list of orders', () => {
  it('shows a partner its own, a brand those of all its partners, operators all', async () => {
    expect(await found(ann, 'partner/orders')).toEqual(['o-4', '=o-3', 'o-2', 'o-1']);
    expect(await found(bob, 'partner/orders')).toEqual(['o-bob']);
    expect(await found(reviewer, 'brand/orders')).toEqual(['o-bob', 'o-4', '=o-3', 'o-2', 'o-1']);
    expect(await found(stranger, 'brand/orders')).toEqual([]);
    expect(await found(operator, 'operator/orders')).toHaveLength(5);
    expect((await list(ann, 'partner/orders?orderId=o-1')).items).toEqual([
      {
        id: expect.any(String) as string,
        orderId: 'o-1',
        brand: { id: program.brandId, name: expect.stringMatching(/^Brand/) as string },
        partnerId: expect.any(String) as string,
        campaign: { id: expect.any(String) as string, name: '+Autumn' },
        promoId: expect.any(String) as string,
        promoCode: 'ANN-1',
        visitId: null,
        status: 'approved',
        amount: { amount: '80.00', currency: 'EUR' },
        country: 'DE',
        orderedAt: '2026-10-01T10:00:00.000Z',
        decidedAt: expect.any(String) as string,
        declineReason: null,
      },
    ]);
  });

  it.each([
    ['brand=BRAND', ['o-4', '=o-3', 'o-2', 'o-1']],
    ['brand=none', []],
    ['status=approved', ['o-1']],
    ['status=declined', ['o-4']],
    ['status=pending&country=DE', ['=o-3']],
    ['country=AT', ['o-2']],
    ['orderId=o-2', ['o-2']],
    ['promoCode=ann-1&sort=orderedAt', ['o-1', 'o-2', '=o-3', 'o-4']],
    ['promoCode=BOB-1', []],
    ['from=2026-10-02&to=2026-10-02', ['o-2']],
    ["orderId=' OR 1=1 --", []],
  ])('is filtered by %s', async (query, ids) => {
    expect(await found(ann, `partner/orders?${query}`)).toEqual(ids);
  });

  it.each(['status=paid', 'country=de', 'sort=amount', 'partnerId=x', 'brand[]=a', 'cursor=WyJ4IiwieSJd'])(
    'refuses %s',
    async (query) => {
      body(await ann.get(`partner/orders?${query}`), 400);
    },
  );

  it.each([
    ['country=germany', 'country', 'such as DE'],
    ['promoCode=%00', 'promoCode', 'NUL'],
    ['from=2026-12-01&to=2026-01-01', 'to', 'before from'],
  ])('says of %s which parameter is wrong', async (query, path, message) => {
    const { errors } = body<{ errors: object[] }>(await ann.get(`partner/orders?${query}`), 400);
    expect(errors).toEqual([{ path, message: expect.stringContaining(message) as string }]);
  });

  it.each(['orderedAt', '-orderedAt'])('is paged by %s, nothing twice and nothing missing', async (sort) => {
    const all = await found(ann, `partner/orders?sort=${sort}`);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: Page = await list(
        ann,
        `partner/orders?sort=${sort}&limit=1${cursor && `&cursor=${cursor}`}`,
      );
      seen.push(...page.items.map(({ orderId }) => orderId));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(all);
  });

  it('is exported as XLSX, with cells that no spreadsheet computes', async () => {
    const rows = await download(app, ann, 'partner/orders?format=xlsx&sort=orderedAt');
    expect(rows.map(([id]) => id)).toEqual(['o-1', 'o-2', '=o-3', 'o-4']);
    expect(rows[2]!.slice(3, 9)).toEqual(['+Autumn', 'ANN-1', 'DE', 80, 'EUR', 'pending']);
    expect(rows[0]![1]).toEqual(new Date('2026-10-01T10:00:00Z'));
  });
});

describe('T07 a brand', () => {
  it('approves and declines its pending orders, once', async () => {
    const [good, bad] = [await pending('o-good'), await pending('o-bad')];
    expect(body<Order>(await reviewer.post(`brand/orders/${good.id}/approve`), 200).status).toBe('approved');
    const reason = 'Sent back';
    expect(body(await owner.post(`brand/orders/${bad.id}/decline`, { reason }), 200)).toMatchObject({
      status: 'declined',
      declineReason: reason,
    });
    for (const [id, action] of [
      [good.id, 'approve'],
      [good.id, 'decline'],
      [bad.id, 'approve'],
      [bad.id, 'decline'],
    ]) {
      const answer = await owner.post(`brand/orders/${id}/${action}`);
      expect(body<{ code: string }>(answer, 409).code).toBe('ORDER_ALREADY_DECIDED');
    }
    expect((await list(ann, 'partner/orders?orderId=o-bad')).items[0]!.declineReason).toBe(reason);
    const report = await server.sync('orders', { orders: [order('o-good', { status: 'declined' })] });
    expect(report.items).toMatchObject([{ status: 'rejected', code: 'ORDER_ALREADY_DECIDED' }]);
    const logged = body<{ items: { action: string }[] }>(
      await operator.get(`operator/audit-log?subjectId=${bad.id}`),
      200,
    );
    expect(logged.items.map(({ action }) => action)).toEqual(['order.decline']);
  });

  it('decides nothing of another brand’s, nor a partner anything', async () => {
    const { id } = await pending('o-foreign');
    body(await stranger.post(`brand/orders/${id}/approve`), 404);
    body(await stranger.post(`brand/orders/${id}/decline`, { reason: 'x' }), 404);
    body(await ann.post(`brand/orders/${id}/approve`), 403);
    body(await owner.post(`brand/orders/${randomUUID()}/approve`), 404);
    expect((await list(owner, 'brand/orders?orderId=o-foreign')).items[0]!.status).toBe('pending');
  });

  it('decides once where many do at once, by hand and by sync, and it is told once', async () => {
    const { id } = await pending('o-race');
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, turn) =>
        owner.post(`brand/orders/${id}/${turn % 2 ? 'approve' : 'decline'}`),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(23);
    const [{ told }] = await app.db.query<[{ told: number }]>(
      `SELECT count(*)::int AS told FROM pgboss.job
        WHERE data::text LIKE '%o-race%' AND data::text ~ 'order_(approved|declined)'`,
    );
    expect(told).toBe(1);
  });
});
