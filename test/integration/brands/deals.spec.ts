import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, TestClock } from '../../support/app.js';
import { body, type Calls, callsWith, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { personOf } from '../identity/matrix/people.js';

interface Deal {
  id: string;
  title: string;
  link: string;
  state: string;
  size: object;
}
interface Dashboard {
  latestDeals: Deal[];
  topBrands: { name: string; rating: number | null }[];
}

/** Ends two minutes after the tests begin. */
const DEAL = {
  title: 'Black week',
  link: 'https://shop.fox.example/black?a=1',
  code: 'BLACK15',
  kind: 'discount',
  size: { percent: '15' },
  startsAt: '2026-11-02T00:00:00Z',
  endsAt: '2026-11-05T13:02:00+01:00',
};

const OPEN = { endsAt: '2026-12-01T00:00:00Z' };

let app: TestApp;
let operator: Person;
let partner: Person;
let owner: Calls;
let reviewer: Calls;
let stranger: Calls;
let brandId: string;

beforeAll(async () => {
  app = await createTestApp({ clock: new TestClock('2026-11-05T12:00:00Z') });
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  partner = await joinAsPartner(app, operator, 'ann@partners.example', { kind: 'creator' });
  brandId = await makeBrand('Fox', { website: 'https://www.fox.example', allowedHosts: ['*.fox.example'] });
  const otherId = await makeBrand('Other');
  const callsOf = async (role: 'brand:owner' | 'brand:reviewer', id: string) =>
    callsWith(app, (await personOf(app, role, id)).token!);
  owner = await callsOf('brand:owner', brandId);
  reviewer = await callsOf('brand:reviewer', brandId);
  stranger = await callsOf('brand:owner', otherId);
});
afterAll(() => app.close());

async function makeBrand(name: string, changes: object = {}): Promise<string> {
  const made = await operator.post('operator/brands', { name, currency: 'EUR', ...changes });
  return body<{ id: string }>(made, 201).id;
}
const add = async (changes: object = {}): Promise<Deal> =>
  body<Deal>(await owner.post('brand/deals', { ...DEAL, ...changes }), 201);
const dashboard = async (): Promise<Dashboard> =>
  body<Dashboard>(await (await partner.signInAgain()).get('partner/dashboard'), 200);

describe('T01 the dashboard of a creator', () => {
  it('shows the latest deals while they run, with link, code, size and end', async () => {
    const running = await add();
    expect(running).toMatchObject({
      brandName: 'Fox',
      state: 'running',
      size: { percent: '15' },
      endsAt: '2026-11-05T12:02:00.000Z',
      removedAt: null,
    });
    const money = { amount: { amount: '5.00', currency: 'EUR' } };
    const later = await add({
      title: 'Later',
      kind: 'bonus',
      size: money,
      startsAt: '2026-11-05T12:02:00Z',
      endsAt: null,
    });
    expect(later).toMatchObject({ state: 'upcoming', size: money });
    const now = await add({ title: 'Now', code: null, startsAt: undefined, endsAt: null });
    expect((await dashboard()).latestDeals).toEqual([
      {
        ...{ id: now.id, brandId, brandName: 'Fox', title: 'Now', link: DEAL.link, code: null },
        ...{ kind: 'discount', size: { percent: '15' }, endsAt: null },
      },
      expect.objectContaining({ id: running.id, code: 'BLACK15', endsAt: '2026-11-05T12:02:00.000Z' }),
    ]);
    const states = async (query: string) =>
      body<{ items: Deal[] }>(await reviewer.get(`brand/deals?${query}`), 200).items.map(({ id }) => id);
    expect(await states('state=upcoming')).toEqual([later.id]);
    expect(await states('')).toEqual([now.id, later.id, running.id]);
    expect(await states('state=ended')).toEqual([]);

    app.clock.advance(119);
    expect((await dashboard()).latestDeals.map(({ title }) => title)).toEqual(['Now', DEAL.title]);
    app.clock.advance(1);
    expect((await dashboard()).latestDeals.map(({ title }) => title)).toEqual(['Later', 'Now']);
    const archive = { state: 'archived' };
    body(await (await operator.signInAgain()).patch(`operator/brands/${brandId}`, archive), 200);
    expect((await dashboard()).latestDeals).toEqual([]);
    body(await (await operator.signInAgain()).patch(`operator/brands/${brandId}`, { state: 'active' }), 200);
  });

  it('shows the five brands with the best rating, and those not yet rated last', async () => {
    const admin = await operator.signInAgain();
    for (const [name, rating] of [
      ['B', 4.5],
      ['A', 4.5],
      ['Best', 5],
      ['Gone', 5],
    ] as const) {
      const id = await makeBrand(name);
      body(await admin.patch(`operator/brands/${id}`, { rating, ...(name === 'Gone' && { state: 'archived' }) }), 200); // prettier-ignore
    }
    const { topBrands } = await dashboard();
    expect(topBrands.map(({ name, rating }) => [name, rating])).toEqual([
      ['Best', 5],
      ['A', 4.5],
      ['B', 4.5],
      ['Fox', null],
      ['Other', null],
    ]);
  });
});

describe('T01 deals of a brand', () => {
  it('lead to its own hosts only', async () => {
    expect((await add({ ...OPEN, link: 'HTTPS://www.FOX.example/a' })).link).toBe(
      'https://www.fox.example/a',
    );
    for (const link of [
      'https://evil.example/',
      'https://fox.example@evil.example/',
      'https://shop.fox.example.evil.example/',
      'https://shop.fox.example:8443/',
      'https://fox.example/',
    ]) {
      const refused = await owner.post('brand/deals', { ...DEAL, ...OPEN, link });
      expect(refused.body, link).toMatchObject({ errors: [{ path: 'link' }] });
      expect([400, 422]).toContain(refused.status);
    }
    const { id } = await add(OPEN);
    body(await owner.patch(`brand/deals/${id}`, { link: 'https://evil.example/' }), 422);
    body(await stranger.post('brand/deals', { ...DEAL, ...OPEN, link: 'https://other.example' }), 422);
  });

  it('are not shown while their host is off the brand’s list, and may be mended or come back with it', async () => {
    const allow = async (allowedHosts: string[]): Promise<void> => {
      const admin = await operator.signInAgain();
      body(await admin.patch(`operator/brands/${brandId}`, { allowedHosts }), 200);
    };
    const onWebsite = await add({ ...OPEN, title: 'Kept', link: 'https://www.fox.example/kept' });
    const gone = await add({ ...OPEN, title: 'Gone' });
    // More of them than the dashboard looks at together.
    await app.db.query(
      `INSERT INTO brand_deals (id, brand_id, title, link, kind, size_bps, starts_at, created_at)
       SELECT gen_random_uuid(), brand_id, title, link, kind, size_bps, starts_at + interval '1 hour', created_at
         FROM brand_deals, generate_series(1, 60) WHERE id = $1`,
      [gone.id],
    );
    const latest = async () => (await dashboard()).latestDeals.map(({ id }) => id);
    expect(await latest()).not.toContain(onWebsite.id);
    await allow(['fox.example']);
    expect((await latest())[0]).toBe(onWebsite.id);
    expect((await dashboard()).latestDeals.filter(({ link }) => link === DEAL.link)).toEqual([]);
    const path = `brand/deals/${gone.id}`;
    expect(body(await owner.get(path), 200)).toMatchObject({ state: 'running', linkAllowed: false });
    expect(body(await owner.patch(path, { title: 'Soon' }), 200)).toMatchObject({ linkAllowed: false });
    const refused = await owner.patch(path, { link: DEAL.link });
    expect(body<{ errors: object[] }>(refused, 422).errors).toMatchObject([{ path: 'link' }]);
    const mended = await owner.patch(path, {
      link: 'https://fox.example/black',
      startsAt: '2026-11-05T12:00:00Z',
    });
    expect(body(mended, 200)).toMatchObject({ linkAllowed: true });
    expect((await latest())[0]).toBe(gone.id);
    await allow(['*.fox.example']);
    expect(await latest()).not.toContain(gone.id);
    expect((await dashboard()).latestDeals).toHaveLength(5);
    await app.db.query('DELETE FROM brand_deals WHERE brand_id = $1', [brandId]);
  });

  it('are changed and deleted by its owners only', async () => {
    const { id } = await add(OPEN);
    const changed = await owner.patch(`brand/deals/${id}`, { kind: 'bonus', size: { percent: '250' }, endsAt: null }); // prettier-ignore
    expect(body(changed, 200)).toMatchObject({ title: DEAL.title, size: { percent: '250' }, endsAt: null });
    // Its size would be too large for a discount.
    body(await owner.patch(`brand/deals/${id}`, { kind: 'discount' }), 422);
    body(await reviewer.patch(`brand/deals/${id}`, { title: 'Mine' }), 403);
    for (const answer of [
      await stranger.get(`brand/deals/${id}`),
      await stranger.patch(`brand/deals/${id}`, { title: 'Mine' }),
      await stranger.delete(`brand/deals/${id}`),
      await owner.get(`brand/deals/${randomUUID()}`),
    ]) {
      body(answer, 404);
    }
    body(await owner.delete(`brand/deals/${id}`), 204);
    body(await owner.get(`brand/deals/${id}`), 404);
    body(await owner.delete(`brand/deals/${id}`), 404);
    const actions = await app.db.query<{ action: string }[]>(
      'SELECT action FROM audit_log WHERE subject_id = $1 ORDER BY id',
      [id],
    );
    expect(actions.map(({ action }) => action)).toEqual(['deal.create', 'deal.change', 'deal.delete']);
  });

  it('need a size and times that make sense', async () => {
    for (const [changes, status, path] of [
      [{ size: {} }, 422, 'size'],
      [{ size: null }, 400, 'size'],
      [{ size: { percent: '101' } }, 422, 'size.percent'],
      [{ size: { percent: 15 } }, 400, 'size.percent'],
      [{ size: { amount: { amount: '1e3', currency: 'EUR' } } }, 422, 'size.amount.amount'],
      [{ endsAt: DEAL.startsAt }, 422, 'endsAt'],
      [{ startsAt: '2026-10-01T00:00:00Z', endsAt: '2026-11-01T00:00:00Z' }, 422, 'endsAt'],
      [{ startsAt: '2026-11-02' }, 400, 'startsAt'],
      [{ startsAt: '0000-11-02T00:00:00Z' }, 400, 'startsAt'],
      [{ endsAt: '2026-02-30T00:00:00Z' }, 400, 'endsAt'],
      [{ brandId: randomUUID() }, 400, 'brandId'],
    ] as const) {
      const refused = await owner.post('brand/deals', { ...DEAL, ...OPEN, ...changes });
      expect([refused.status, (refused.body as { errors: { path: string }[] }).errors[0]!.path]).toEqual([
        status,
        path,
      ]);
    }
  });

  it('are seen by operators, who take them off for good and say why', async () => {
    const { id } = await add({ ...OPEN, title: 'Broken' });
    const admin = await operator.signInAgain();
    const seen = await admin.get(`operator/deals?brandId=${brandId}&state=running&limit=1`);
    expect(body<{ items: Deal[] }>(seen, 200).items.map((deal) => deal.id)).toEqual([id]);
    const reason = 'The code does not work';
    const removed = await Promise.all([1, 2, 3].map(() => admin.post(`operator/deals/${id}/remove`, { reason }))); // prettier-ignore
    expect(removed.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect((await dashboard()).latestDeals.map((deal) => deal.id)).not.toContain(id);
    expect(body(await owner.get(`brand/deals/${id}`), 200)).toMatchObject({
      state: 'removed',
      removalReason: reason,
    });
    body(await owner.patch(`brand/deals/${id}`, { title: 'Again' }), 409);
    body(await owner.delete(`brand/deals/${id}`), 409);
    body(await partner.post(`operator/deals/${id}/remove`, { reason }), 403);
  });

  it('are not taken off without a mail to the owners, whatever mails they unsubscribed from', async () => {
    const { id } = await add({ ...OPEN, title: 'Gone' });
    const { user } = body<{ user: { email: string } }>(
      await owner.patch('me', { emailSubscriptions: { news: false } }),
      200,
    );
    const admin = await operator.signInAgain();
    body(await admin.post(`operator/deals/${id}/remove`, { reason: 'Not true' }), 200);
    expect((await app.mailbox(user.email)).at(-1)).toMatchObject({
      subject: 'A deal of yours was removed',
      text: expect.stringContaining('Not true') as string,
    });
  });
});
