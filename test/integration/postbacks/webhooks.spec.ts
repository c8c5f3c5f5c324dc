import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { body } from '../../support/journey.js';
import { type SinkRequest, type SinkServer, startSinkServer } from '../../support/sink-server.js';
import { PostbackScene } from './scene.js';
import { addWebhook, approveBill, attemptsOf, showWebhook, verified } from './webhook-scene.js';

const HOUR = 3_600;

describe('B05 webhooks', () => {
  let scene: PostbackScene;
  let sink: SinkServer;

  const at = (path: string): SinkRequest[] => sink.requests.filter((request) => request.path === path);
  const ids = (path: string) => at(path).map(({ headers }) => headers['webhook-id']);

  beforeAll(async () => {
    sink = await startSinkServer();
    scene = await PostbackScene.open([sink.address]);
  });
  afterEach(async () => {
    sink.answer({ status: 204 });
    await scene.app.db.query('DELETE FROM webhook_endpoints');
    scene.partner = await scene.partner.signInAgain();
  });
  afterAll(async () => {
    await scene.close();
    await sink.stop();
  });

  it('are signed so that the specification’s library verifies them; a tampered message fails', async () => {
    const { secret } = await addWebhook(scene.partner, `${sink.url}/signed`);
    expect(Buffer.from(secret.replace('whsec_', ''), 'base64')).toHaveLength(32);
    const billId = await approveBill(scene);
    const [request] = at('/signed') as [SinkRequest];
    expect(request).toMatchObject({
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Tributary-Webhook/1',
        'webhook-timestamp': String(scene.app.clock.now().getTime() / 1_000),
      },
    });
    expect(verified(scene, secret, request)).toEqual({
      type: 'bill.approved',
      timestamp: scene.app.clock.now().toISOString(),
      data: { billId, amount: { amount: '12.50', currency: 'EUR' } },
    });
    const tampered = { ...request, body: request.body.replace('12.50', '92.50') };
    expect(() => verified(scene, secret, tampered)).toThrow('No matching signature');
    scene.app.clock.advance(301);
    expect(() => verified(scene, secret, request)).toThrow('too old');
  });

  it('keep their id over retries, and are signed anew with the time of each attempt', async () => {
    sink.answer({ status: 503 });
    const { id, secret } = await addWebhook(scene.partner, `${sink.url}/retried`);
    await approveBill(scene);
    sink.answer({ status: 204 });
    await scene.after(6.1);
    const [first, second] = at('/retried') as [SinkRequest, SinkRequest];
    expect(at('/retried')).toHaveLength(2);
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(second.headers['webhook-timestamp']).not.toBe(first.headers['webhook-timestamp']);
    expect(second.body).toBe(first.body);
    expect(verified(scene, secret, second)).toEqual(JSON.parse(first.body));
    const attempts = await attemptsOf(scene.partner, id);
    expect(attempts.map(({ attempt, responseCode }) => [attempt, responseCode])).toEqual([
      [2, 204],
      [1, 503],
    ]);
    expect(await attemptsOf(scene.partner, id, '?outcome=failed&responseCode=503')).toHaveLength(1);
    expect(
      await attemptsOf(scene.partner, id, `?eventId=${attempts[0]!.eventId}&type=bill.approved`),
    ).toHaveLength(2);
    expect(await attemptsOf(scene.partner, id, '?type=cashout.accepted')).toEqual([]);
    const page = await scene.partner.get(`partner/webhooks/${id}/deliveries?limit=1`);
    const { nextCursor } = body<{ nextCursor: string }>(page, 200);
    expect(await attemptsOf(scene.partner, id, `?limit=1&cursor=${nextCursor}`)).toEqual([attempts[1]]);
    body(await scene.partner.get(`partner/webhooks/${id}/deliveries?url=x`), 400);
  });

  it('are not among the attempts of postbacks, and none of those can be sent again as one', async () => {
    const { id } = await addWebhook(scene.partner, `${sink.url}/apart`);
    await approveBill(scene);
    expect(await scene.log()).toEqual([]);
    const [attempt] = await attemptsOf(scene.partner, id);
    body(await scene.partner.post(`partner/postback-log/${attempt!.id}/resend`), 404);
  });

  describe('whose secret is rotated', () => {
    it('sign with both until the old one ends', async () => {
      const { id, secret: old } = await addWebhook(scene.partner, `${sink.url}/rotated`);
      const rotated = await scene.partner.post(`partner/webhooks/${id}/secret/rotate`, {});
      const { secret, previousSecretUntil } = body<{ secret: string; previousSecretUntil: string }>(
        rotated,
        200,
      );
      expect(secret).not.toBe(old);
      expect(Date.parse(previousSecretUntil)).toBe(scene.app.clock.now().getTime() + 24 * HOUR * 1_000);
      await approveBill(scene);
      const [during] = at('/rotated') as [SinkRequest];
      expect(during.headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
      expect(verified(scene, secret, during)).toEqual(verified(scene, old, during));
      scene.app.clock.advance(24 * HOUR);
      await approveBill(scene);
      const after = at('/rotated')[1]!;
      verified(scene, secret, after);
      expect(() => verified(scene, old, after)).toThrow('No matching signature');
    });

    it('end the old one at once when there is to be no overlap', async () => {
      const { id, secret: old } = await addWebhook(scene.partner, `${sink.url}/leaked`);
      const path = `partner/webhooks/${id}/secret/rotate`;
      body(await scene.partner.post(path, { overlapHours: 73 }), 400);
      const { secret } = body<{ secret: string }>(await scene.partner.post(path, { overlapHours: 0 }), 200);
      await approveBill(scene);
      const [request] = at('/leaked') as [SinkRequest];
      verified(scene, secret, request);
      expect(() => verified(scene, old, request)).toThrow('No matching signature');
    });

    it('show a secret once: no other answer, no log and no table holds it', async () => {
      const input = { url: `${sink.url}/secret` };
      const made = await scene.partner.postWithKey('partner/webhooks', input, 'webhook-1');
      const { id, secret } = body<{ id: string; secret: string }>(made, 201);
      const again = await scene.partner.postWithKey('partner/webhooks', input, 'webhook-1');
      expect(body(again, 201)).toEqual(made.body);
      const { secret: next } = body<{ secret: string }>(
        await scene.partner.post(`partner/webhooks/${id}/secret/rotate`, {}),
        200,
      );
      await approveBill(scene);
      const shown = [
        await scene.partner.get(`partner/webhooks/${id}`),
        await scene.partner.get('partner/webhooks'),
        await scene.partner.patch(`partner/webhooks/${id}`, { description: 'Books' }),
        await scene.partner.get(`partner/webhooks/${id}/deliveries`),
        await (await scene.operator.signInAgain()).get(`operator/webhooks/${id}`),
        await scene.partner.get('partner/events'),
      ];
      const rows: object[] = [];
      for (const table of ['webhook_endpoints', 'postback_deliveries', 'postback_log', 'event_log', 'audit_log',
        'idempotency_keys', 'pgboss.job']) {
        rows.push(await scene.app.db.query(`SELECT t::text FROM ${table} t`));
      } // prettier-ignore
      const text = JSON.stringify([shown.map((answer) => body(answer, 200)), rows]);
      expect(text).toContain(id);
      for (const hidden of [secret, next]) expect(text).not.toContain(hidden.replace('whsec_', ''));
    });

    it('give a request that is repeated its own answer, with the secret while that is the present one', async () => {
      const { partner } = scene;
      const create = () => partner.postWithKey('partner/webhooks', { url: `${sink.url}/again` }, 'webhook-2');
      const made = body<{ id: string; secret: string }>(await create(), 201);
      const path = `partner/webhooks/${made.id}`;
      const rotate = (key: string) => partner.postWithKey(`${path}/secret/rotate`, {}, key);
      const rotated = body<{ secret: string }>(await rotate('rotation-1'), 200);
      expect(body(await rotate('rotation-1'), 200)).toEqual(rotated);
      expect(body(await create(), 201)).toEqual({ ...made, secret: null });
      body(await rotate('rotation-2'), 200);
      expect(body(await rotate('rotation-1'), 200)).toEqual({ ...rotated, secret: null });
      const last = body<object>(await rotate('rotation-2'), 200);
      body(await partner.patch(path, { description: 'Books' }), 200);
      expect(body(await rotate('rotation-2'), 200)).toEqual(last);
      body(await partner.delete(path), 204);
      expect(body(await create(), 201)).toEqual({ ...made, secret: null });
      expect(body(await rotate('rotation-2'), 200)).toEqual({ ...last, secret: null });
    });
  });

  it('hear of the types that were chosen, or of all', async () => {
    await addWebhook(scene.partner, `${sink.url}/bills`, { eventTypes: ['bill.approved'] });
    await addWebhook(scene.partner, `${sink.url}/cashouts`, { eventTypes: ['cashout.accepted'] });
    const { id } = await addWebhook(scene.partner, `${sink.url}/all`, { description: 'All' });
    await approveBill(scene);
    expect([at('/bills').length, at('/cashouts').length, at('/all').length]).toEqual([1, 0, 1]);
    expect(ids('/bills')).toEqual(ids('/all'));
    body(await scene.partner.patch(`partner/webhooks/${id}`, { eventTypes: ['cashout.accepted'] }), 200);
    await approveBill(scene);
    expect(at('/all')).toHaveLength(1);
    const changed = await scene.partner.patch(`partner/webhooks/${id}`, { eventTypes: null });
    expect(body(changed, 200)).toMatchObject({ eventTypes: null, description: 'All' });
    const refused = await scene.partner.post('partner/webhooks', {
      url: sink.url,
      eventTypes: ['order.created'],
    });
    expect(body<{ errors: unknown }>(refused, 422).errors).toEqual([
      { path: 'eventTypes', message: '"order.created" is not among GET /partner/webhook-events' },
    ]);
  });

  it('are sent to the new address when it changes, with what waits', async () => {
    sink.answer({ status: 500 });
    const { id } = await addWebhook(scene.partner, `${sink.url}/old`);
    await approveBill(scene);
    sink.answer({ status: 204 });
    body(await scene.partner.patch(`partner/webhooks/${id}`, { url: `${sink.url}/new` }), 200);
    await scene.engine.drain();
    expect(ids('/new')).toEqual(ids('/old'));
    expect(await showWebhook(scene.partner, id)).toMatchObject({ failures: 0, url: `${sink.url}/new` });
  });

  describe('that fail', () => {
    it('are disabled by 410, with a mail; what happened meanwhile can be replayed under the same ids', async () => {
      sink.answer({ status: 410 });
      const { id, secret } = await addWebhook(scene.partner, `${sink.url}/gone`, {
        eventTypes: ['bill.approved'],
      });
      await approveBill(scene);
      expect(await showWebhook(scene.partner, id)).toMatchObject({
        state: 'disabled',
        disabledReason: 'gone',
      });
      const mail = (await scene.mails()).at(-1)!;
      expect(mail.subject).toBe('Your webhook was disabled');
      expect(mail.text).toMatch(/410[^]*enable it again; a replay/);
      sink.answer({ status: 204 });
      await approveBill(scene);
      expect(at('/gone')).toHaveLength(1);
      const since = { since: '2026-11-01' };
      expect(body(await scene.partner.post(`partner/webhooks/${id}/replay`, since), 409)).toMatchObject({
        code: 'WEBHOOK_DISABLED',
      });
      body(await scene.partner.post(`partner/webhooks/${id}/test`, {}), 409);
      body(await scene.partner.post(`partner/webhooks/${id}/enable`), 200);
      const replayed = await scene.partner.post(`partner/webhooks/${id}/replay`, since);
      expect(body(replayed, 200)).toEqual({ queued: 2, nextSince: null });
      await scene.engine.drain();
      const [refused, first, second] = at('/gone');
      expect(at('/gone')).toHaveLength(3);
      expect([first, second].map((request) => request!.headers['webhook-id'])).toContain(
        refused!.headers['webhook-id'],
      );
      verified(scene, secret, second!);
      // All of it has arrived by now.
      const again = await scene.partner.post(`partner/webhooks/${id}/replay`, since);
      expect(body(again, 200)).toEqual({ queued: 0, nextSince: null });
      const all = await scene.partner.post(`partner/webhooks/${id}/replay`, { ...since, failedOnly: false });
      expect(body(all, 200)).toEqual({ queued: 2, nextSince: null });
      await scene.engine.drain();
      expect(new Set(ids('/gone')).size).toBe(2);
      const kinds = (await attemptsOf(scene.partner, id)).map(({ kind }) => kind);
      expect(kinds).toEqual(['resend', 'resend', 'resend', 'resend', 'event']);
      const early = { since: '2026-11-01', until: '2026-11-01' };
      expect(body(await scene.partner.post(`partner/webhooks/${id}/replay`, early), 200)).toMatchObject({
        queued: 0,
      });
      body(await scene.partner.post(`partner/webhooks/${id}/replay`, { since: 'yesterday' }), 400);
      const backwards = { since: '2026-11-02', until: '2026-11-01' };
      expect(body(await scene.partner.post(`partner/webhooks/${id}/replay`, backwards), 400)).toMatchObject({
        errors: [{ path: 'until', message: 'must not be before since' }],
      });
    });

    it('tell how they do', async () => {
      const answers = [500, 204, 204];
      sink.answer(() => ({ status: answers.shift() ?? 500 }));
      const { id } = await addWebhook(scene.partner, `${sink.url}/health`);
      for (let bills = 0; bills < 4; bills += 1) await approveBill(scene);
      const { health, failures } = await showWebhook(scene.partner, id);
      const now = scene.app.clock.now().toISOString();
      expect(failures).toBe(1);
      expect(health).toEqual({
        last24Hours: { attempts: 4, delivered: 2, successRate: 0.5 },
        last7Days: { attempts: 4, delivered: 2, successRate: 0.5 },
        durationMs: { p50: expect.any(Number), p95: expect.any(Number) },
        lastSuccessAt: now,
        lastFailure: { at: now, responseCode: 500, error: null },
        waiting: 2,
        nextAttemptAt: expect.any(String),
      });
      scene.app.clock.advance(25 * HOUR);
      scene.partner = await scene.partner.signInAgain();
      const later = (await showWebhook(scene.partner, id)).health;
      expect(later.last24Hours).toEqual({ attempts: 0, delivered: 0, successRate: null });
      expect(later.durationMs).toEqual({ p50: null, p95: null });
      expect(later.last7Days.attempts).toBeGreaterThanOrEqual(4);
    });
  });

  it('are tested with an example, tried once and not counted', async () => {
    sink.answer({ status: 500 });
    const { id, secret } = await addWebhook(scene.partner, `${sink.url}/test`, {
      eventTypes: ['cashout.accepted'],
    });
    const tested = body<{ eventId: string }>(
      await scene.partner.post(`partner/webhooks/${id}/test`, {}),
      200,
    );
    expect(tested).toMatchObject({ type: 'cashout.accepted', result: { responseCode: 500, error: null } });
    const [request] = at('/test') as [SinkRequest];
    expect(request.headers['webhook-id']).toBe(tested.eventId);
    expect(verified(scene, secret, request)).toMatchObject({ type: 'cashout.accepted' });
    await scene.after(HOUR);
    expect(at('/test')).toHaveLength(1);
    scene.partner = await scene.partner.signInAgain();
    sink.answer({ status: 204 });
    body(await scene.partner.post(`partner/webhooks/${id}/test`, {}), 200);
    // Another one waits.
    await scene.app.db.query(
      `INSERT INTO postback_queue (delivery_id, webhook_id, host, attempts, next_attempt_at)
       SELECT id, webhook_id, 'late.example:443', 0, now() + interval '1 day' FROM postback_deliveries
        WHERE webhook_id = $1 LIMIT 1`,
      [id],
    );
    expect(await showWebhook(scene.partner, id)).toMatchObject({
      failures: 0,
      health: {
        last24Hours: { attempts: 0 },
        lastSuccessAt: null,
        lastFailure: null,
        waiting: 0,
        nextAttemptAt: null,
      },
    });
    body(await scene.partner.post(`partner/webhooks/${id}/test`, { type: 'order.created' }), 422);
    const { items } = body<{ items: { type: string; example: { data: object } }[] }>(
      await scene.partner.get('partner/webhook-events'),
      200,
    );
    expect(items.find(({ type }) => type === 'cashout.accepted')!.example.data).toEqual(
      JSON.parse(request.body).data,
    );
  });
});
