import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { body } from '../../support/journey.js';
import { type SinkServer, startSinkServer } from '../../support/sink-server.js';
import { PostbackScene } from './scene.js';

describe('what happens', () => {
  let scene: PostbackScene;
  let sink: SinkServer;

  const sentSince = async (before: number) => {
    await scene.engine.drain();
    return sink.requests.slice(before);
  };

  beforeAll(async () => {
    sink = await startSinkServer();
    scene = await PostbackScene.open([sink.address]);
  });
  afterEach(() => scene.clear());
  afterAll(async () => {
    await scene.close();
    await sink.stop();
  });

  it('T07 to orders is told with their number and promo code', async () => {
    const query = 'a=${action}&o=${order_id}&c=${promo_code}&sum=${amount}&p=${player_id}';
    for (const action of ['order_created', 'order_approved', 'order_declined']) {
      await scene.postback(`${sink.url}/order?${query}`, { action });
    }
    const before = sink.requests.length;
    const order = {
      playerId: null,
      orderExternalId: 'o-1',
      promoCode: 'FOX10',
      amountMinor: '8000',
      visitId: null,
    };
    await scene.happen({ ...order, action: 'order_created' });
    await scene.happen({ ...order, action: 'order_approved', promoCode: null });
    const told = (await sentSince(before)).map(({ query: sent }) =>
      ['a', 'o', 'c', 'sum', 'p'].map((name) => sent.get(name)),
    );
    expect(told).toEqual([
      ['order_created', 'o-1', 'FOX10', '80.00', ''],
      ['order_approved', 'o-1', '', '80.00', ''],
    ]);
  });

  describe('A09 scopes', () => {
    it('fire once each: the narrowest does not silence the wider ones', async () => {
      const { autumn, winter } = scene;
      const make = (name: string, change: object) => scene.postback(`${sink.url}/${name}`, change);
      await make('account', {});
      await make('account-too', {});
      await make('campaign', { scope: 'campaign', campaignId: autumn.id });
      await make('other-campaign', { scope: 'campaign', campaignId: winter.id });
      await make('promo', { scope: 'promo', promoId: autumn.promos[0]!.id });
      await make('other-promo', { scope: 'promo', promoId: autumn.promos[1]!.id });
      await make('other-action', { action: 'deposit' });
      const before = sink.requests.length;
      await scene.happen();
      const paths = (await sentSince(before)).map(({ path }) => path).sort();
      expect(paths).toEqual(['/account', '/account-too', '/campaign', '/promo']);
    });

    it('fire once per event, however often it is told', async () => {
      await scene.postback(`${sink.url}/once?id=\${event_id}`);
      const before = sink.requests.length;
      const eventId = await scene.happen();
      await scene.happen({ eventId });
      await Promise.all([scene.happen({ eventId }), scene.happen({ eventId })]);
      expect((await sentSince(before)).map(({ query }) => query.get('id'))).toEqual([eventId]);
    });

    it('leave out what is disabled, and what belongs to others', async () => {
      const { id } = await scene.postback(`${sink.url}/off`);
      body(await scene.partner.patch(`partner/postbacks/${id}`, { state: 'disabled' }), 200);
      await scene.postback(`${sink.url}/on`);
      const before = sink.requests.length;
      await scene.happen();
      await scene.happen({ partnerId: randomUUID() });
      expect((await sentSince(before)).map(({ path }) => path)).toEqual(['/on']);
    });

    it('of a campaign go on firing when it is archived', async () => {
      const { id: campaignId, promos } = scene.winter;
      await scene.postback(`${sink.url}/archived`, { scope: 'campaign', campaignId });
      body(await scene.partner.post(`partner/campaigns/${campaignId}/archive`), 200);
      const before = sink.requests.length;
      await scene.happen({ campaignId, promoId: promos[0]!.id });
      body(await scene.partner.post(`partner/campaigns/${campaignId}/unarchive`), 200);
      expect(await sentSince(before)).toHaveLength(1);
    });
  });

  describe('A09 variables', () => {
    it('are filled: built-in ones, and custom ones from the query of the link', async () => {
      const names = [
        'promo_id',
        'campaign_id',
        'visit_id',
        'amount',
        'currency',
        'action',
        'event_id',
        'country',
        'date',
      ];
      const values = names.map((name) => `${name}=\${${name}}`).join('&');
      await scene.postback(`${sink.url}/all?${values}&b=\${webID}&c=\${clickID}&d=\${missing}`);
      const before = sink.requests.length;
      const visitId = randomUUID();
      const query = { webID: 'ä &=#/?%41+', clickID: '67890' };
      const eventId = await scene.happen({ visitId, query });
      const [request] = await sentSince(before);
      expect(Object.fromEntries(request!.query)).toEqual({
        promo_id: scene.autumn.promos[0]!.id,
        campaign_id: scene.autumn.id,
        visit_id: visitId,
        amount: '125.50',
        currency: 'EUR',
        action: 'first_deposit',
        event_id: eventId,
        country: 'DE',
        date: '2026-11-02T08:00:00.000Z',
        b: query.webID,
        c: '67890',
        d: '${missing}',
      });
      expect(request!.target).toContain('d=${missing}');
      expect(request!.headers['x-tributary-event-id']).toBe(eventId);
      expect(request!.headers['accept-encoding']).toBe('identity');
    });

    it('are filled in the body of a POST (B04)', async () => {
      await scene.postback(`${sink.url}/post`, {
        method: 'POST',
        headers: { authorization: 'Bearer t' },
        body: '{"click":"${clickid}","sum":"${amount}"}',
      });
      const before = sink.requests.length;
      await scene.happen({ query: { clickid: '"7"\n' } });
      const [request] = await sentSince(before);
      expect(request).toMatchObject({
        method: 'POST',
        headers: { authorization: 'Bearer t', 'content-type': 'application/json' },
      });
      expect(JSON.parse(request!.body)).toEqual({ click: '"7"\n', sum: '125.50' });
    });
  });

  describe('A11 a qualification', () => {
    it('fires when billing tells of it, with what is known of the player', async () => {
      const query = 'a=${action}&sum=${amount}&p=${player_id}&c=${country}';
      await scene.postback(`${sink.url}/q?${query}`, { action: 'qualification' });
      const before = sink.requests.length;
      const playerId = randomUUID();
      const { partnerId, autumn, program } = scene;
      await scene.app.db.query(
        `INSERT INTO players (id, partner_id, campaign_id, promo_id, brand_id, external_id, visit_id, country, profile,
                              signed_up_at, query, created_at)
         VALUES ($1, $2, $3, $4, $5, 'p-7', gen_random_uuid(), 'AT', '{}', now(), '{}', now())`,
        [playerId, partnerId, autumn.id, autumn.promos[0]!.id, program.brandId],
      );
      const player = { playerId, at: '2026-11-02T08:00:00.000Z', amountMinor: '5000' };
      const qualified = { planId: program.planId, currency: 'EUR' };
      await scene.tell('billing.players_qualified', { ...qualified, players: [player] });
      // Whoever is not there any more is not told of.
      const gone = { ...player, playerId: randomUUID() };
      await scene.tell('billing.players_qualified', { ...qualified, players: [gone] });
      const targets = (await sentSince(before)).map(({ target }) => target);
      expect(targets).toEqual([`/q?a=qualification&sum=50.00&p=${playerId}&c=AT`]);
    });
  });

  describe('A10 the log', () => {
    it('finds attempts by time, URL part, action, response code, campaign and promo', async () => {
      sink.answer(({ path }) => ({ status: path === '/log/bad' ? 404 : 204 }));
      await scene.postback(`${sink.url}/log/good_one?x=1`);
      await scene.postback(`${sink.url}/log/bad`, { action: 'deposit' });
      const { autumn, winter } = scene;
      await scene.happen();
      await scene.happen({ action: 'deposit', campaignId: winter.id, promoId: winter.promos[1]!.id });
      await scene.engine.drain();
      sink.answer({ status: 200 });
      const log = async (filter: string) => {
        const entries = await scene.log(`?url=/log/&${filter}`);
        return entries.map(({ url }) => new URL(url).pathname.slice(5));
      };
      expect(await log('')).toEqual(['bad', 'good_one']);
      expect(await scene.log('?url=D_ON')).toHaveLength(1);
      expect(await scene.log('?url=goodXone')).toHaveLength(0);
      expect(await log('action=deposit')).toEqual(['bad']);
      expect(await log('responseCode=204')).toEqual(['good_one']);
      expect(await log('campaignName=umn%2050%25')).toEqual(['good_one']);
      expect(await log('campaignName=a%25n')).toEqual([]);
      expect(await log(`campaignId=${winter.id}`)).toEqual(['bad']);
      expect(await log(`promoCode=${winter.promos[1]!.code}`)).toEqual(['bad']);
      expect(await log('promoCode=nosuchcode')).toEqual([]);
      expect(await log(`promoId=${autumn.promos[0]!.id}`)).toEqual(['good_one']);
      expect(await log('from=2026-11-02&to=2026-11-02')).toEqual(['bad', 'good_one']);
      expect(await log('from=2026-11-03')).toEqual([]);
      expect(await log('to=2026-11-02T00:00:00Z')).toEqual([]);
      const [entry] = await scene.log('?url=/log/bad');
      expect(entry).toMatchObject({
        kind: 'event',
        attempt: 1,
        responseCode: 404,
        error: null,
        campaign: { id: winter.id, name: 'Winter' },
        promo: { id: winter.promos[1]!.id, code: winter.promos[1]!.code },
      });
    });

    it('is read page by page, and refuses filters that it does not know', async () => {
      const all = await scene.log('?url=/log/');
      const first = body<{ items: { id: string }[]; nextCursor: string }>(
        await scene.partner.get('partner/postback-log?url=/log/&limit=1'),
        200,
      );
      const second = await scene.log(`?url=/log/&limit=1&cursor=${first.nextCursor}`);
      expect([...first.items, ...second].map(({ id }) => id)).toEqual(all.map(({ id }) => id));
      body(await scene.partner.get('partner/postback-log?urlPart=x'), 400);
      body(await scene.partner.get('partner/postback-log?from=yesterday'), 400);
    });

    it('sends an entry again, marked, under the same event id (B04)', async () => {
      await scene.postback(`${sink.url}/again?id=\${event_id}`, { method: 'POST', body: 'x=${clickid}' });
      const before = sink.requests.length;
      const eventId = await scene.happen({ query: { clickid: '5' } });
      await scene.engine.drain();
      const [entry] = await scene.log('?url=/again');
      const answer = await scene.partner.post(`partner/postback-log/${entry!.id}/resend`);
      expect(body(answer, 200)).toMatchObject({ kind: 'resend', eventId, url: entry!.url });
      const requests = await sentSince(before);
      expect(requests.map((request) => [request.target, request.body])).toEqual(
        Array(2).fill([`/again?id=${eventId}`, 'x=5']),
      );
      expect((await scene.log('?url=/again')).map(({ kind }) => kind)).toEqual(['resend', 'event']);
    });

    it('cannot send again what is disabled or deleted', async () => {
      const { id } = await scene.postback(`${sink.url}/gone`);
      await scene.happen();
      await scene.engine.drain();
      const [entry] = await scene.log('?url=/gone');
      const resend = () => scene.partner.post(`partner/postback-log/${entry!.id}/resend`);
      body(await scene.partner.patch(`partner/postbacks/${id}`, { state: 'disabled' }), 200);
      expect(body<{ code: string }>(await resend(), 409).code).toBe('POSTBACK_DISABLED');
      body(await scene.partner.delete(`partner/postbacks/${id}`), 204);
      expect(body<{ code: string }>(await resend(), 409).code).toBe('POSTBACK_GONE');
      expect(await scene.log('?url=/gone')).toHaveLength(1);
      body(await scene.partner.post(`partner/postback-log/${randomUUID()}/resend`), 404);
    });

    it('shows a test with sample values, tried once (B04)', async () => {
      sink.answer({ status: 500 });
      const { id } = await scene.postback(`${sink.url}/test?sum=\${amount}&c=\${clickid}`);
      const before = sink.requests.length;
      const told = body<object>(await scene.partner.post(`partner/postbacks/${id}/test`), 200);
      const sentAt = scene.app.clock.now().toISOString();
      const result = { sentAt, responseCode: 500, error: null, durationMs: expect.any(Number) as number };
      expect(told).toMatchObject({ postbackId: id, kind: 'test', result });
      expect((await sentSince(before)).map(({ target }) => target)).toEqual([
        '/test?sum=125.50&c=${clickid}',
      ]);
      await scene.after(10);
      sink.answer({ status: 200 });
      expect(await scene.log('?url=/test')).toMatchObject([{ kind: 'test', responseCode: 500, attempt: 1 }]);
      expect(await scene.show(id)).toMatchObject({ state: 'active', failures: 0 });
    });
  });
});
