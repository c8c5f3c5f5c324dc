import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseUrlOf, Ids, Outbox, type OutboxEvent } from '../../../src/platform/index.js';
import { FACTS_RECORDED, type FactsRecorded } from '../../../src/tracking/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { makeTrackingScene, signedHeaders, type TrackingScene } from '../../support/tracking-scene.js';

interface Report {
  accepted: number;
  duplicate: number;
  corrected: number;
  rejected: number;
  items: { index: number; status: string; tag?: string; code?: string; message?: string }[];
}

let app: TestApp;
let ann: TrackingScene;
/** Another partner of the same brand. */
let bob: { partnerId: string; campaignId: string; promoId: string };
const heard: FactsRecorded['actions'][number][] = [];

beforeAll(async () => {
  app = await createTestApp({ background: false });
  ann = await makeTrackingScene(databaseUrlOf(app.db), { promos: 2 });
  bob = await addPartner(ann);
  await addCode('Ann-10', { ...ann, promoId: ann.promos[1]!.id });
  await addCode('BOB10', bob);
  await addCode('FREE10', null);
  const publish = Outbox.prototype.publish;
  app.app.get(Outbox).publish = async function (tx, type, payload) {
    if (type === FACTS_RECORDED) heard.push(...(payload as OutboxEvent<FactsRecorded>['payload']).actions);
    return publish.call(this, tx, type, payload);
  };
});
afterAll(() => app.close());

const next = (): string => app.app.get(Ids).next();

/** Another partner who promotes the scene's brand. */
async function addPartner({ brandId, planId, landingId }: TrackingScene): Promise<typeof bob> {
  const [partnerId, campaignId, promoId] = [next(), next(), next()];
  await app.db.query(
    `INSERT INTO partners (id, name, kind, state, country, created_at) VALUES ($1, 'Bob', 'creator', 'pending', 'DE', now())`,
    [partnerId],
  );
  await app.db.query(
    `INSERT INTO campaigns (id, partner_id, brand_id, commission_plan_id, name, state, created_at)
     VALUES ($1, $2, $3, $4, 'Bob’s', 'archived', now())`,
    [campaignId, partnerId, brandId, planId],
  );
  await app.db.query(
    `INSERT INTO promos (id, campaign_id, partner_id, brand_id, code, title, landing_id, created_at)
     VALUES ($1, $2, $3, $4, 'BobsPromo0', 'Promo', $5, now())`,
    [promoId, campaignId, partnerId, brandId, landingId],
  );
  return { partnerId, campaignId, promoId };
}

async function addCode(code: string, owner: typeof bob | null, brandId = ann.brandId): Promise<void> {
  const poolId = next();
  await app.db.query(
    `INSERT INTO promo_code_pools (id, brand_id, name, state, created_at) VALUES ($1, $2, 'Pool', 'open', now())`,
    [poolId, brandId],
  );
  await app.db.query(
    `INSERT INTO promo_codes (id, pool_id, brand_id, code, partner_id, campaign_id, promo_id, taken_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $5::uuid IS NOT NULL THEN now() END)`,
    [next(), poolId, brandId, code, owner?.partnerId, owner?.campaignId, owner?.promoId],
  );
}

async function visit(query: Record<string, string> = {}, brandId = ann.brandId): Promise<string> {
  const id = next();
  await app.db.query(
    `INSERT INTO visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, query, country)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'AT')`,
    [id, ann.partnerId, brandId, ann.campaignId, ann.promos[0]!.id, app.clock.now(), query],
  );
  return id;
}

async function sync(what: 'players' | 'orders', ...items: unknown[]): Promise<Report> {
  const text = JSON.stringify({ [what]: items });
  const response = await fetch(`${app.url}/api/sync/v1/${what}`, {
    method: 'POST',
    body: text,
    headers: signedHeaders(ann, text),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Report;
}

const order = (id: string, change: object = {}): object => ({
  order_id: id,
  promo_code: 'ANN-10',
  amount: '80.00',
  currency: 'EUR',
  ordered_at: '2026-10-10T10:12:00Z',
  status: 'pending',
  ...change,
});

const player = (id: string, change: object): object => ({
  user_id: id,
  sign_up_at: '2026-10-05T09:00:00Z',
  ...change,
});

async function row(table: 'orders' | 'players', id: string): Promise<Record<string, unknown>> {
  const rows = await app.db.query<Record<string, unknown>[]>(
    `SELECT t.*, c.code FROM ${table} t LEFT JOIN promo_codes c ON c.id = t.promo_code_id WHERE t.external_id = $1`,
    [id],
  );
  return rows[0]!;
}

const actionsOf = (id: string): unknown[] =>
  heard
    .filter(
      (action) => ('orderExternalId' in action ? action.orderExternalId : action.playerExternalId) === id,
    )
    .map(({ action, amountMinor }) => [action, amountMinor]);

describe('T03 players by promo code', () => {
  it('belong to the partner who took the code, in any case, and are answered with their tag', async () => {
    const report = await sync('players', player('p-code', { bonus_code: 'ann-10', country: 'DE' }));
    expect(report).toMatchObject({ accepted: 1, items: [{ index: 0, status: 'accepted' }] });
    const { tag } = report.items[0]!;
    expect(await row('players', 'p-code')).toMatchObject({
      id: tag,
      visit_id: null,
      code: 'Ann-10',
      partner_id: ann.partnerId,
      promo_id: ann.promos[1]!.id,
    });
    const [registration] = heard.filter((action) => action.playerId === tag);
    expect(registration).toMatchObject({ action: 'registration', visitId: null, promoId: ann.promos[1]!.id });

    const again = await sync('players', player('p-code', { bonus_code: 'BOB10', country: 'DE' }));
    expect(again.items).toEqual([{ index: 0, status: 'duplicate', tag }]);
    expect(await sync('players', player('p-code', { tag, disabled: true }))).toMatchObject({ corrected: 1 });
    expect(await row('players', 'p-code')).toMatchObject({ partner_id: ann.partnerId, code: 'Ann-10' });

    const bought = await sync('orders', order('o-player', { promo_code: undefined, tag }));
    expect(bought).toMatchObject({ accepted: 1 });
    expect(await row('orders', 'o-player')).toMatchObject({ code: 'Ann-10', visit_id: null, country: 'DE' });
  });

  it('whose visit came first stay with the visit, for good', async () => {
    const tag = await visit();
    expect(await sync('players', player('p-both', { tag, bonus_code: 'BOB10' }))).toMatchObject({
      accepted: 1,
      items: [],
    });
    const answer = await sync('players', player('p-both', { bonus_code: 'BOB10' }));
    expect(answer.items).toEqual([{ index: 0, status: 'duplicate', tag }]);
    expect(await row('players', 'p-both')).toMatchObject({
      partner_id: ann.partnerId,
      visit_id: tag,
      code: null,
    });
  });

  it('whose code came first stay with the code, whatever visit follows', async () => {
    await sync('players', player('p-first', { bonus_code: 'BOB10' }));
    const report = await sync('players', player('p-first', { tag: await visit() }));
    expect(report.items).toEqual([{ index: 0, status: 'duplicate' }]);
    expect(await row('players', 'p-first')).toMatchObject({ partner_id: bob.partnerId, visit_id: null });
  });

  it('with a tag that is none of ours belong to the code', async () => {
    const report = await sync('players', player('p-stale', { tag: next(), bonus_code: 'BOB10' }));
    expect(report).toMatchObject({ accepted: 1 });
    expect(await row('players', 'p-stale')).toMatchObject({ partner_id: bob.partnerId });
  });

  it('are refused where nobody has the code', async () => {
    const other = await makeTrackingScene(databaseUrlOf(app.db));
    await addCode('OTHER10', { ...other, promoId: other.promos[0]!.id }, other.brandId);
    const report = await sync(
      'players',
      player('p-a', { bonus_code: 'NOBODY' }),
      player('p-b', { bonus_code: 'FREE10' }),
      player('p-c', { bonus_code: 'OTHER10' }),
      player('p-d', { bonus_code: "' OR 1=1 --" }),
      player('p-e', { bonus_code: 'BOB10', country: 'Germany' }),
      player('p-f', { bonus_code: 'BOB10' }),
    );
    expect(report).toMatchObject({ accepted: 1, rejected: 5 });
    expect(report.items.map(({ code }) => code)).toEqual([
      'UNKNOWN_PROMO_CODE',
      'UNKNOWN_PROMO_CODE',
      'UNKNOWN_PROMO_CODE',
      'UNKNOWN_PROMO_CODE',
      'INVALID_FIELD',
      undefined,
    ]);
  });
});

describe('T07 orders', () => {
  it('belong to the partner of the promo code, also of an archived campaign', async () => {
    const report = await sync('orders', order('o-1', { promo_code: 'bob10', country: 'de' }));
    expect(report).toEqual({ accepted: 1, duplicate: 0, corrected: 0, rejected: 0, items: [] });
    expect(await row('orders', 'o-1')).toMatchObject({
      partner_id: bob.partnerId,
      campaign_id: bob.campaignId,
      promo_id: bob.promoId,
      code: 'BOB10',
      amount_minor: '8000',
      currency: 'EUR',
      country: 'DE',
      status: 'pending',
      decided_at: null,
    });
    expect(actionsOf('o-1')).toEqual([['order_created', '8000']]);
  });

  it('belong to the visit where there was one', async () => {
    const tag = await visit({ clickid: 'c-1' });
    await sync('orders', order('o-visit', { tag, promo_code: 'BOB10', status: 'approved' }));
    expect(await row('orders', 'o-visit')).toMatchObject({
      partner_id: ann.partnerId,
      visit_id: tag,
      code: null,
      country: 'AT',
      query: { clickid: 'c-1' },
    });
    expect(actionsOf('o-visit')).toEqual([
      ['order_created', '8000'],
      ['order_approved', '8000'],
    ]);
  });

  it('are decided once; the same report again changes nothing, an older one neither', async () => {
    await sync('orders', order('o-2'));
    const approved = order('o-2', { status: 'approved', amount: '75.50' });
    expect(await sync('orders', approved)).toMatchObject({ corrected: 1 });
    expect(await sync('orders', approved)).toMatchObject({ duplicate: 1 });
    expect(await sync('orders', order('o-2'))).toMatchObject({ duplicate: 1 });
    expect(await row('orders', 'o-2')).toMatchObject({ status: 'approved', amount_minor: '7550' });
    expect(actionsOf('o-2')).toEqual([
      ['order_created', '8000'],
      ['order_approved', '7550'],
    ]);
  });

  it('that are approved cannot be declined any more, nor the other way round', async () => {
    await sync('orders', order('o-3', { status: 'approved' }), order('o-4', { status: 'declined' }));
    const report = await sync(
      'orders',
      order('o-3', { status: 'declined' }),
      order('o-4', { status: 'approved' }),
    );
    expect(report).toMatchObject({ rejected: 2 });
    expect(report.items.map(({ code }) => code)).toEqual(['ORDER_ALREADY_DECIDED', 'ORDER_ALREADY_DECIDED']);
    expect(report.items[0]!.message).toContain('approved');
    expect([(await row('orders', 'o-3'))['status'], (await row('orders', 'o-4'))['status']]).toEqual([
      'approved',
      'declined',
    ]);
  });

  it('are corrected by other values, and keep their owner', async () => {
    await sync('orders', order('o-5', { country: 'DE' }));
    expect(await sync('orders', order('o-5', { promo_code: 'BOB10' }))).toMatchObject({ duplicate: 1 });
    expect(await sync('orders', order('o-5', { amount: '1.5' }))).toMatchObject({ corrected: 1 });
    expect(await row('orders', 'o-5')).toMatchObject({ code: 'Ann-10', amount_minor: '150', country: 'DE' });
  });

  it('that come several times in one batch are worked through in order', async () => {
    const report = await sync('orders', order('o-6'), order('o-6', { status: 'approved' }), order('o-6'));
    expect(report).toMatchObject({ accepted: 1, corrected: 1, duplicate: 1 });
  });

  it('that cannot be read never lose the others', async () => {
    const foreign = await visit({}, (await makeTrackingScene(databaseUrlOf(app.db))).brandId);
    const faulty: [object | null, string][] = [
      [null, 'INVALID_ITEM'],
      [order(''), 'INVALID_FIELD'],
      [order('o-b', { promo_code: undefined }), 'INVALID_FIELD'],
      [order('o-c', { promo_code: 'NOBODY' }), 'UNKNOWN_PROMO_CODE'],
      [order('o-d', { promo_code: 'FREE10' }), 'UNKNOWN_PROMO_CODE'],
      [order('o-e', { promo_code: undefined, tag: foreign }), 'UNKNOWN_TAG'],
      [order('o-f', { promo_code: undefined, tag: 'x' }), 'UNKNOWN_TAG'],
      [order('o-g', { currency: 'USD' }), 'CURRENCY_NOT_ACCEPTED'],
      [order('o-h', { status: 'refunded' }), 'INVALID_FIELD'],
      [order('o-i', { ordered_at: '2026-02-30T00:00:00Z' }), 'INVALID_FIELD'],
      ...[
        '0', '0.00', '-1', '1e3', '0.1+0.2', 'NaN', '١٢', '1.234', '9'.repeat(30), '1.1234567890123456789', 80, null,
      ].map((amount): [object, string] => [order('o-z', { amount }), 'INVALID_FIELD']), // prettier-ignore
    ];
    const report = await sync('orders', ...faulty.map(([item]) => item), order('o-good'));
    expect(report.items.map(({ code }) => code)).toEqual(faulty.map(([, code]) => code));
    expect(report).toMatchObject({ accepted: 1, rejected: faulty.length });
    const [batch] = await app.db.query('SELECT kind, rejected FROM sync_batches ORDER BY id DESC LIMIT 1');
    expect(batch).toEqual({ kind: 'orders', rejected: faulty.length });
  });

  it('are created once, and told of once, by batches at the same time', async () => {
    const batch = Array.from({ length: 20 }, (_, place) => order(`o-race-${place}`, { status: 'approved' }));
    const reports = await Promise.all(
      Array.from({ length: 8 }, (_, turn) => sync('orders', ...(turn % 2 ? [...batch].reverse() : batch))),
    );
    expect(reports.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(20);
    expect(reports.reduce((sum, { duplicate }) => sum + duplicate, 0)).toBe(140);
    expect(actionsOf('o-race-7')).toHaveLength(2);
  });

  it.each([
    ['another body', () => ({ ...signedHeaders(ann, '{"orders":[1]}') })],
    ['no key', () => ({ 'content-type': 'application/json' })],
    ['another brand’s secret', () => ({ ...signedHeaders({ ...ann, secret: 'guessed' }, '{"orders":[]}') })],
  ])('signed with %s are refused', async (_name, headers) => {
    const answer = await fetch(`${app.url}/api/sync/v1/orders`, {
      method: 'POST',
      body: '{"orders":[]}',
      headers: headers(),
    });
    expect(answer.status).toBe(401);
  });
});
