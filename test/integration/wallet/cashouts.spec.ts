import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { type CashoutBody, eur, WalletScene } from './scene.js';

interface ProblemBody {
  code: string;
  detail: string;
  minimum?: object;
  maximum?: object;
  errors: { path: string; message: string }[];
}

const DECISIONS = ['cancel', 'accept', 'refund'] as const;

describe('A27 A12 T10 cash-outs', () => {
  let app: TestApp;
  let scene: WalletScene;

  beforeAll(async () => {
    app = await createTestApp();
    scene = await WalletScene.open(app);
    await scene.credit('10000.00');
  });
  beforeEach(async () => scene.refresh());
  afterAll(async () => {
    expect(await scene.mismatches()).toEqual([]);
    await app.close();
  });

  const decide = (id: string, decision: string, payload: object = {}) =>
    scene.operator.post(`operator/cashouts/${id}/${decision}`, payload);

  it('moves money from available to processing, then to paid, then back by a refund', async () => {
    const [available] = await scene.balance();
    const cashout = await scene.withdraw('300.00');
    expect(cashout).toMatchObject({
      state: 'pending',
      amount: eur('300.00'),
      paymentMethod: { type: 'paypal', title: 'PayPal', fields: { email: 'a****@example.com' } },
      createdAt: app.clock.now().toISOString(),
      finishedAt: null,
      originalPayment: null,
    });
    expect(await scene.balance()).toEqual(['9700.00', '300.00', '0.00']);

    app.clock.advance(60);
    const acceptedAt = app.clock.now().toISOString();
    const accepted = body(await decide(cashout.id, 'accept'), 200);
    expect(accepted).toMatchObject({ state: 'success', acceptedAt, finishedAt: acceptedAt });
    expect(await scene.balance()).toEqual(['9700.00', '0.00', '300.00']);

    app.clock.advance(60);
    const refunded = body(await decide(cashout.id, 'refund', { comment: 'The account is closed' }), 200);
    expect(refunded).toMatchObject({
      state: 'refund',
      comment: 'The account is closed',
      partnerId: scene.ownerId,
      finishedAt: app.clock.now().toISOString(),
      originalPayment: { cashoutId: cashout.id, acceptedAt },
    });
    expect(await scene.balance()).toEqual([available, '0.00', '0.00']);
    expect(body(await scene.partner.get(`partner/cashouts/${cashout.id}`), 200)).toMatchObject({
      state: 'refund',
      comment: 'The account is closed',
    });
  });

  it('gives the money back when the partner or the operator cancels', async () => {
    const before = await scene.balance();
    const own = await scene.withdraw('20.00');
    const cancelled = body(await scene.partner.post(`partner/cashouts/${own.id}/cancel`), 200);
    expect(cancelled).toMatchObject({ state: 'cancelled', acceptedAt: null, originalPayment: null });
    const other = await scene.withdraw('30.00');
    body(await decide(other.id, 'cancel', { comment: 'Wrong account' }), 200);
    expect(await scene.balance()).toEqual(before);
    const reversals = await app.db.query(
      `SELECT o.kind, o.reference FROM ledger_journals j JOIN ledger_journals o ON o.id = j.reverses_id
        WHERE j.kind = 'cashout_cancel' AND j.reference = $1`,
      [own.id],
    );
    expect(reversals).toEqual([{ kind: 'cashout_request', reference: own.id }]);
  });

  it.each([
    ['pending', [], ['refund']],
    ['cancelled', ['cancel'], ['cancel', 'accept', 'refund']],
    ['success', ['accept'], ['accept', 'cancel']],
    ['refund', ['accept', 'refund'], ['refund', 'accept', 'cancel']],
  ])('in state %s it refuses what does not follow', async (state, path, refused) => {
    const { id } = await scene.withdraw('10.00');
    for (const decision of path) body(await decide(id, decision), 200);
    const before = await scene.balance();
    for (const decision of refused) {
      const problem = body<ProblemBody & { state: string }>(await decide(id, decision), 409);
      expect(problem).toMatchObject({ code: 'CASHOUT_STATE_CONFLICT', state });
    }
    expect(await scene.balance()).toEqual(before);
    if (state === 'pending') body(await decide(id, 'cancel'), 200);
  });

  it.each(['9.99', '10000.01'])('%s is outside the limits, and both are named', async (amount) => {
    const problem = body<ProblemBody>(await scene.request(amount), 422);
    expect(problem).toMatchObject({
      code: 'AMOUNT_OUTSIDE_LIMITS',
      minimum: eur('10.00'),
      maximum: eur('10000.00'),
    });
    expect(problem.detail).toContain('10.00 EUR');
    expect(problem.detail).toContain('10000.00 EUR');
  });

  it.each([
    ['1e3', 'INVALID_AMOUNT'],
    ['0.1+0.2', 'INVALID_AMOUNT'],
    ['-20', 'INVALID_AMOUNT'],
    ['-0', 'INVALID_AMOUNT'],
    ['0', 'INVALID_AMOUNT'],
    ['NaN', 'INVALID_AMOUNT'],
    ['٢٠', 'INVALID_AMOUNT'],
    ['20.001', 'INVALID_AMOUNT'],
    ['1'.padEnd(31, '0'), 'INVALID_AMOUNT'],
  ])('amount %s is refused', async (amount, code) => {
    expect(body<ProblemBody>(await scene.request(amount), 422).code).toBe(code);
  });

  it('refuses what is not there: money, method, currency of the method, a JSON number', async () => {
    const code = async (amount: string, currency: string) =>
      body<ProblemBody>(await scene.request(amount, currency), 422).code;
    expect(await code('9999.99', 'GBP')).toBe('INSUFFICIENT_FUNDS');
    expect(await code('20.00', 'SEK')).toBe('CURRENCY_NOT_SUPPORTED');
    expect(await code('20.00', 'XYZ')).toBe('INVALID_CURRENCY');
    const post = (change: object) =>
      scene.partner.post('partner/cashouts', { ...scene.requestBody('20.00'), ...change });
    body(await post({ paymentMethodId: randomUUID() }), 404);
    body(await post({ amount: 20 }), 400);
    body(await post({ state: 'success' }), 400);
  });

  it('asks for two-factor authentication, a fresh code, the permission and an idempotency key', async () => {
    const fresh = await joinAsPartner(app, scene.operator, 'careless@partners.example');
    const input = scene.requestBody('20.00');
    expect(body<ProblemBody>(await fresh.post('partner/cashouts', input), 403).code).toBe(
      'TWO_FACTOR_REQUIRED',
    );
    expect(body<ProblemBody>(await scene.partner.postWithKey('partner/cashouts', input, ''), 400).code).toBe(
      'IDEMPOTENCY_KEY_REQUIRED',
    );
    body(await scene.partner.get('operator/cashouts'), 403);
    // A session outlives its access token by refreshing; its last code may be older than the token.
    await app.db.query(
      `UPDATE sessions SET stepped_up_at = stepped_up_at - interval '301 s' WHERE user_id = $1`,
      [scene.userId],
    );
    expect(body<ProblemBody>(await scene.partner.post('partner/cashouts', input), 401).code).toBe(
      'STEP_UP_REQUIRED',
    );
  });

  it("hides another partner's cash-outs and methods", async () => {
    const { id } = await scene.withdraw('10.00');
    const stranger = await WalletScene.open(app, scene.operator);
    await stranger.credit('100.00');
    body(await stranger.partner.get(`partner/cashouts/${id}`), 404);
    body(await stranger.partner.post(`partner/cashouts/${id}/cancel`), 404);
    const stolen = { currency: 'EUR', amount: '10.00', paymentMethodId: scene.paymentMethodId };
    body(await stranger.partner.post('partner/cashouts', stolen), 404);
    const listed = body<{ items: CashoutBody[] }>(await stranger.partner.get('partner/cashouts'), 200);
    expect(listed.items).toEqual([]);
    expect(body(await scene.operator.get(`operator/cashouts/${id}`), 200)).toMatchObject({
      partnerId: scene.ownerId,
    });
  });

  it('lists by state and currency, page by page, newest first', async () => {
    const ids = [];
    for (const amount of ['11.00', '12.00', '13.00']) ids.unshift((await scene.withdraw(amount)).id);
    body(await decide(ids[1]!, 'accept'), 200);
    const read = async (query: string) =>
      body<{ items: CashoutBody[]; nextCursor: string | null }>(
        await scene.partner.get(`partner/cashouts?${query}`),
        200,
      );
    const first = await read('limit=2');
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const second = await read(`limit=1&cursor=${first.nextCursor}`);
    expect(second.items.map(({ id }) => id)).toEqual(ids.slice(2));
    expect((await read('state=success')).items[0]?.id).toBe(ids[1]);
    expect((await read('currency=USD')).items).toEqual([]);
    const problem = body<ProblemBody>(await scene.partner.get('partner/cashouts?status=success'), 400);
    expect(problem.errors.map(({ path }) => path)).toEqual(['status']);
    body(await scene.partner.get('partner/cashouts?cursor=nonsense'), 400);
    const all = body<{ items: CashoutBody[] }>(
      await scene.operator.get(`operator/cashouts?partnerId=${scene.ownerId}&state=success`),
      200,
    );
    expect(all.items.map(({ id }) => id)).toContain(ids[1]);
    expect(all.items.every(({ state }) => state === 'success')).toBe(true);
  });

  it('A29 is told to the partner, and to the audit log when an operator decides', async () => {
    const { id } = await scene.withdraw('40.00');
    for (const decision of ['accept', 'refund']) body(await decide(id, decision, { comment: decision }), 200);
    await outboxDelivered(app);
    const { items } = body<{ items: { subjectId: string }[] }>(
      await scene.partner.get('partner/events'),
      200,
    );
    const events = items.filter(({ subjectId }) => subjectId === id).reverse();
    const told = { amount: eur('40.00'), paymentMethod: { fields: { email: 'a****@example.com' } } };
    expect(events).toMatchObject([
      { type: 'cashout_requested', data: told },
      { type: 'cashout_accepted', data: told },
      { type: 'refund_made', data: { ...told, originalPayment: { cashoutId: id } } },
    ]);
    const audit = await app.db.query(
      `SELECT action, before, after FROM audit_log WHERE subject_id = $1 ORDER BY id`,
      [id],
    );
    expect(audit).toMatchObject([
      { action: 'cashout.accept', before: { state: 'pending' }, after: { state: 'success' } },
      {
        action: 'cashout.refund',
        before: { state: 'success' },
        after: { state: 'refund', comment: 'refund' },
      },
    ]);
  });

  it.each(DECISIONS)('takes no blank comment: %s', async (decision) => {
    const { id } = await scene.withdraw('20.00');
    for (const comment of ['', ' ', '\u200b', '\n']) {
      const problem = body<{ errors: { path: string }[] }>(await decide(id, decision, { comment }), 400);
      expect(problem.errors[0]!.path).toBe('comment');
    }
    body(await decide(id, 'cancel'), 200);
  });

  it('decides nothing about what is not there', async () => {
    for (const decision of DECISIONS) body(await decide(randomUUID(), decision), 404);
    body(await decide('nonsense', 'accept'), 400);
  });

  it('B01 the operator reconciles', async () => {
    const result = body<{ clean: boolean; journals: number }>(
      await scene.operator.get('operator/reconciliation'),
      200,
    );
    expect(result).toMatchObject({ clean: true, mismatches: [] });
    expect(result.journals).toBeGreaterThan(5);
    body(await scene.partner.get('operator/reconciliation'), 403);
  });
});
