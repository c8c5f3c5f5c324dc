import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { body, BrandServer, click, joinAsPartner, type Person } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { makeProgram } from '../../support/program.js';
import { type SinkRequest, type SinkServer, startSinkServer } from '../../support/sink-server.js';
import { joinBrand } from '../tracking/order-scene.js';
import { PostbackScene } from './scene.js';
import { addWebhook, approveBill, showWebhook, verified } from './webhook-scene.js';

describe('B05 whose webhooks they are', () => {
  let scene: PostbackScene;
  let sink: SinkServer;
  let canary: SinkServer;
  let stranger: Person;
  let owner: Person;
  let reviewer: Person;
  let strangeBrand: Person;

  const at = (path: string): SinkRequest[] => sink.requests.filter((request) => request.path === path);
  const told = (path: string) =>
    at(path).map(({ body: text }) => JSON.parse(text) as { type: string; data: object });

  beforeAll(async () => {
    [sink, canary] = await Promise.all([startSinkServer(), startSinkServer()]);
    scene = await PostbackScene.open([sink.address]);
    const { app, operator, program } = scene;
    stranger = await joinAsPartner(app, operator, 'stranger@partners.example');
    owner = await joinBrand(app, operator, program.brandId, 'owner');
    reviewer = await joinBrand(app, operator, program.brandId, 'reviewer');
    strangeBrand = await joinBrand(app, operator, (await makeProgram(operator)).brandId, 'owner');
  });
  afterEach(async () => {
    sink.answer({ status: 204 });
    await scene.app.db.query('DELETE FROM webhook_endpoints');
  });
  afterAll(async () => {
    await scene.close();
    await Promise.all([sink.stop(), canary.stop()]);
  });

  it('nobody else’s: another partner and another brand find none of them', async () => {
    const { id } = await addWebhook(scene.partner, `${sink.url}/own`);
    const brands = await addWebhook(owner, `${sink.url}/brand`, {}, 'brand');
    const calls = (who: Person, path: string) => [
      who.get(path),
      who.get(`${path}/deliveries`),
      who.patch(path, { url: `${sink.url}/stolen` }),
      who.post(`${path}/secret/rotate`, {}),
      who.post(`${path}/test`, {}),
      who.post(`${path}/replay`, { since: '2026-11-01' }),
      who.post(`${path}/disable`),
      who.post(`${path}/enable`),
      who.delete(path),
    ];
    for (const [who, path] of [
      [stranger, `partner/webhooks/${id}`],
      [scene.partner, `partner/webhooks/${brands.id}`],
      [strangeBrand, `brand/webhooks/${brands.id}`],
      [owner, `brand/webhooks/${id}`],
    ] as const) {
      const answers = await Promise.all(calls(who, path));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
    }
    await approveBill(scene);
    expect([at('/own').length, at('/brand').length, at('/stolen').length]).toEqual([1, 0, 0]);
    body(await reviewer.get(`brand/webhooks/${brands.id}`), 200);
    body(await reviewer.post('brand/webhooks', { url: sink.url }), 403);
    body(await scene.partner.delete(`partner/webhooks/${id}`), 204);
    body(await scene.partner.get(`partner/webhooks/${id}`), 404);
  });

  it('brands hear of their orders and of batches with refusals, once however often it is told', async () => {
    const { secret } = await addWebhook(owner, `${sink.url}/orders`, {}, 'brand');
    const keys = await scene.operator.post(`operator/brands/${scene.program.brandId}/sync-keys`);
    const key = body<{ authKey: string; secret: string }>(keys, 201);
    const server = new BrandServer(scene.app, key.authKey, key.secret);
    const tag = await click(`${scene.app.url}/r/${scene.autumn.promos[0]!.code}`, scene.app);
    const order = { amount: '80.00', currency: 'EUR', ordered_at: '2026-11-02T08:00:00Z', status: 'pending' };
    const orders = [
      { ...order, order_id: 'o-1', tag },
      { ...order, order_id: 'o-2', promo_code: 'UNKNOWN' },
    ];
    await server.sync('orders', { orders });
    await outboxDelivered(scene.app);
    const { items } = body<{ items: { id: string }[] }>(await owner.get('brand/orders'), 200);
    body(await reviewer.post(`brand/orders/${items[0]!.id}/approve`), 200);
    await outboxDelivered(scene.app);
    await scene.engine.drain();
    const amount = { amount: '80.00', currency: 'EUR' };
    const data = { orderId: 'o-1', amount, promoCode: null, tag, country: null };
    expect(told('/orders').sort((a, b) => (a.type < b.type ? -1 : 1))).toEqual([
      { type: 'order.approved', timestamp: expect.any(String), data },
      { type: 'order.created', timestamp: '2026-11-02T08:00:00.000Z', data },
      {
        type: 'sync_batch.refused',
        timestamp: expect.any(String),
        data: {
          batchId: expect.any(String),
          kind: 'orders',
          accepted: 1,
          duplicate: 0,
          corrected: 0,
          rejected: 1,
        },
      },
    ]);
    for (const request of at('/orders')) verified(scene, secret, request);

    const action = { action: 'order_created', orderExternalId: 'o-9', promoCode: null, playerId: null };
    const eventId = await scene.happen(action);
    await scene.happen({ ...action, eventId });
    await scene.engine.drain();
    expect(at('/orders').filter(({ headers }) => headers['webhook-id'] === eventId)).toHaveLength(1);
  });

  it('a brand’s is disabled with a mail to its owner, and with one entry in the audit log per change', async () => {
    sink.answer({ status: 410 });
    const { id } = await addWebhook(
      owner,
      `${sink.url}/brand-gone`,
      { eventTypes: ['order.created'] },
      'brand',
    );
    await scene.happen({ action: 'order_created', orderExternalId: 'o-5', promoCode: null, playerId: null });
    await scene.engine.drain();
    expect(await showWebhook(owner, id, 'brand')).toMatchObject({
      state: 'disabled',
      disabledReason: 'gone',
    });
    expect((await scene.app.mailbox(owner.email)).at(-1)).toMatchObject({
      subject: 'Your webhook was disabled',
    });
    expect((await scene.app.mailbox(reviewer.email)).map(({ subject }) => subject)).not.toContain(
      'Your webhook was disabled',
    );
    body(await owner.post(`brand/webhooks/${id}/enable`), 200);
    body(await owner.delete(`brand/webhooks/${id}`), 204);
    const log = await scene.operator.get(`operator/audit-log?subjectType=webhook&subjectId=${id}`);
    const { items } = body<{ items: { action: string; after: object | null }[] }>(log, 200);
    expect(items.map(({ action }) => action)).toEqual(['webhook.delete', 'webhook.enable', 'webhook.add']);
    expect(items[2]!.after).toMatchObject({ host: sink.address, state: 'active' });
  });

  it('operators see all, and what they disabled only they enable', async () => {
    const { id } = await addWebhook(scene.partner, `${sink.url}/seen`);
    const brands = await addWebhook(owner, `${sink.url}/seen-too`, {}, 'brand');
    const list = async (query: string): Promise<string[]> => {
      const page = await scene.operator.get(`operator/webhooks${query}`);
      return body<{ items: { id: string }[] }>(page, 200).items.map((item) => item.id);
    };
    expect(await list('')).toEqual([brands.id, id]);
    expect(await list(`?partnerId=${scene.partnerId}`)).toEqual([id]);
    expect(await list(`?brandId=${scene.program.brandId}&state=disabled`)).toEqual([]);
    body(await scene.operator.post(`operator/webhooks/${id}/disable`, {}), 400);
    const comment = 'Your server forwards what it gets';
    body(await scene.operator.post(`operator/webhooks/${id}/disable`, { comment }), 200);
    expect(await showWebhook(scene.partner, id)).toMatchObject({
      state: 'disabled',
      disabledReason: 'operator',
      disabledComment: comment,
    });
    expect(body(await scene.partner.post(`partner/webhooks/${id}/enable`), 409)).toMatchObject({
      code: 'WEBHOOK_DISABLED_BY_OPERATOR',
    });
    body(await scene.operator.post(`operator/webhooks/${id}/disable`, { comment }), 409);
    await approveBill(scene);
    expect(at('/seen')).toEqual([]);
    body(await scene.operator.post(`operator/webhooks/${id}/enable`), 200);
    expect(await showWebhook(scene.partner, id)).toMatchObject({ state: 'active', disabledComment: null });
    await outboxDelivered(scene.app);
    const events = await scene.partner.get('partner/events?type=webhook_disabled');
    expect(body<{ items: object[] }>(events, 200).items).toMatchObject([
      { summary: `A webhook was disabled: ${comment}`, subjectId: id, data: { host: sink.address } },
    ]);
  });

  it('at most ten each, also when they are added all at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => scene.partner.post('partner/webhooks', { url: sink.url })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(10).fill(201), 409, 409]);
    await addWebhook(owner, sink.url, {}, 'brand');
  });

  it.each([
    ['http://example.com/hook', 'must begin with https://'],
    ['ftp://example.com', 'must begin with https://'],
    ['https:example.com', 'must begin with https://'],
    ['https://user:pass@example.com/', 'must not hold a user name or password'],
    ['https://example.com/#top', 'must not have a fragment'],
    ['https://example.com/a b', 'must hold nothing but what a URL may hold'],
    ['https://127。0。0。1/', 'must hold nothing but what a URL may hold'],
    ['https:\\\\127.0.0.1\\', 'must begin with https://'],
    ['https://2130706433/', 'special address'],
    ['https://0xA9FEA9FE/', 'special address'],
    ['https://[::ffff:7f00:1]/', 'special address'],
    ['https://localhost/', 'special address'],
    ['https://1.1.1.1@127.0.0.1/', 'must not hold a user name or password'],
  ])('%s is refused when saved', async (url, reason) => {
    const answer = await scene.partner.post('partner/webhooks', { url });
    const { errors } = body<{ errors: { path: string; message: string }[] }>(answer, 422);
    expect(errors).toEqual([{ path: 'url', message: expect.stringContaining(reason) }]);
  });

  it('nothing is sent to an address that has become special since it was saved', async () => {
    const { id } = await addWebhook(scene.partner, `${sink.url}/moved`);
    await scene.app.db.query('UPDATE webhook_endpoints SET url = $2 WHERE id = $1', [
      id,
      `${canary.url}/inside`,
    ]);
    await approveBill(scene);
    expect(await showWebhook(scene.partner, id)).toMatchObject({
      failures: 1,
      health: { lastFailure: { responseCode: null, error: 'address_refused' } },
    });
    expect(canary.requests).toEqual([]);
  });

  it('headers are ours alone', async () => {
    const answer = await scene.partner.post('partner/webhooks', {
      url: sink.url,
      headers: { 'webhook-id': 'x' },
    });
    body(answer, 400);
  });
});
