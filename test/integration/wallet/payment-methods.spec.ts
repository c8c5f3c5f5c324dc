import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { eur, WalletScene } from './scene.js';

interface MethodBody {
  id: string;
  type: string;
  fields: Record<string, string>;
}

interface TypeBody {
  code: string;
  fields: { name: string; choices: string[] | null }[];
  limits: { currency: string; minimum: object; maximum: object }[];
}

const BANK = { holder: 'Ada Lovelace', iban: 'DE89 3704 0044 0532 0130 00', bic: 'COBADEFFXXX' };

describe('A26 payment methods', () => {
  let app: TestApp;
  let scene: WalletScene;

  beforeAll(async () => {
    app = await createTestApp();
    scene = await WalletScene.open(app);
    await scene.credit('1000.00');
  });
  beforeEach(async () => scene.refresh());
  afterAll(() => app.close());

  const add = (type: string, fields: object) =>
    scene.partner.post('partner/payment-methods', { type, fields });
  const listed = async () =>
    body<{ items: MethodBody[] }>(await scene.partner.get('partner/payment-methods'), 200).items;
  const types = async () =>
    body<{ items: TypeBody[] }>(await scene.partner.get('partner/payment-method-types'), 200).items;

  it('are masked in every answer and sealed at rest', async () => {
    const added = body<MethodBody>(await add('bank_transfer', BANK), 201);
    expect(added).toMatchObject({
      type: 'bank_transfer',
      fields: { holder: 'A**** L****', iban: 'DE****3000', bic: 'COBA****' },
    });
    expect(await listed()).toContainEqual(added);
    const [row] = await app.db.query(`SELECT m::text AS text FROM payment_methods m WHERE id = $1`, [
      added.id,
    ]);
    expect(row.text).not.toMatch(/Lovelace|37040044|COBADEFF/);
    await outboxDelivered(app);
    const [event] = await app.db.query(
      `SELECT type, data::text AS data FROM event_log WHERE subject_id = $1`,
      [added.id],
    );
    expect(event.type).toBe('payment_method_added');
    expect(event.data).not.toMatch(/Lovelace|37040044|COBADEFF/);
  });

  it('have fields that are checked, each fault named', async () => {
    const problem = body<{ code: string; errors: { path: string }[] }>(
      await add('crypto_address', { coin: 'BTC', address: '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb', pin: 1 }),
      422,
    );
    expect(problem.code).toBe('INVALID_PAYMENT_METHOD');
    expect(problem.errors.map(({ path }) => path)).toEqual(['fields.address', 'fields.pin']);
    body(await add('cheque', {}), 400);
    body(await scene.partner.post('partner/payment-methods', { type: 'other', fields: 'cash' }), 400);
  });

  it('are one per type, also 10 at once', async () => {
    const address = { coin: 'ETH', address: '0x742d35Cc6634C0532925a3b844Bc454e4438f44e' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => add('crypto_address', address)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
    const loser = answers.find(({ status }) => status === 409)!;
    expect(body<{ code: string }>(loser, 409).code).toBe('PAYMENT_METHOD_EXISTS');
  });

  it('stay while a pending cash-out uses them, and are deleted and added anew afterwards', async () => {
    const cashout = await scene.withdraw('50.00');
    const path = `partner/payment-methods/${scene.paymentMethodId}`;
    expect(body<{ code: string }>(await scene.partner.delete(path), 409).code).toBe('PAYMENT_METHOD_IN_USE');
    body(await scene.operator.post(`operator/cashouts/${cashout.id}/accept`), 200);
    expect((await scene.partner.delete(path)).status).toBe(204);
    body(await scene.partner.delete(path), 404);
    body(await scene.request('50.00'), 404);
    expect((await listed()).map(({ type }) => type)).not.toContain('paypal');
    body(await add('paypal', { email: 'new@example.com' }), 201);
    const paid = await scene.partner.get(`partner/cashouts/${cashout.id}`);
    expect(body(paid, 200)).toMatchObject({ paymentMethod: { fields: { email: 'a****@example.com' } } });
  });

  it('cannot be deleted by other partners, nor seen', async () => {
    const stranger = await WalletScene.open(app, scene.operator);
    body(await scene.partner.delete(`partner/payment-methods/${stranger.paymentMethodId}`), 404);
    expect((await listed()).map(({ id }) => id)).not.toContain(stranger.paymentMethodId);
  });

  it('a deletion never overtakes a request', async () => {
    const other = await WalletScene.open(app, scene.operator);
    await other.credit('100.00');
    const [requested, deleted] = await Promise.all([
      other.request('10.00'),
      other.partner.delete(`partner/payment-methods/${other.paymentMethodId}`),
    ]);
    expect([
      [201, 409],
      [404, 204],
    ]).toContainEqual([requested.status, deleted.status]);
  });

  it('have types with fields, limits and currencies that operators set', async () => {
    const [bank] = (await types()).filter(({ code }) => code === 'bank_transfer');
    expect(bank!.fields.map(({ name }) => name)).toEqual(['holder', 'iban', 'bic']);
    expect(bank!.limits).toContainEqual({
      currency: 'EUR',
      minimum: eur('10.00'),
      maximum: eur('50000.00'),
    });
    const changed = body<TypeBody>(
      await scene.operator.patch('operator/payment-method-types/bank_transfer', {
        title: 'Wire',
        limits: [
          { currency: 'JPY', minimum: '1000', maximum: '500000' },
          { currency: 'EUR', minimum: '25.00', maximum: '75.00' },
        ],
      }),
      200,
    );
    expect(changed).toMatchObject({
      title: 'Wire',
      enabled: true,
      limits: [{ currency: 'EUR' }, { currency: 'JPY', minimum: { amount: '1000', currency: 'JPY' } }],
    });
    expect(await types()).toContainEqual(changed);
    const methodId = (await listed()).find(({ type }) => type === 'bank_transfer')!.id;
    const request = (amount: string, currency = 'EUR') =>
      scene.partner.post('partner/cashouts', { currency, amount, paymentMethodId: methodId });
    expect(body<{ detail: string }>(await request('75.01'), 422).detail).toMatch(/25\.00 EUR.*75\.00 EUR/);
    expect(body<{ code: string }>(await request('30.00', 'USD'), 422).code).toBe('CURRENCY_NOT_SUPPORTED');
    body(await request('75.00'), 201);
    const [audit] = await app.db.query(
      `SELECT before, after FROM audit_log WHERE action = 'payment_method_type.change'`,
    );
    expect(audit).toMatchObject({ before: { title: 'Bank transfer' }, after: { title: 'Wire' } });
  });

  it.each([
    [{ limits: [{ currency: 'EUR', minimum: '5.00', maximum: '4.99' }] }, 'limits.0.maximum'],
    [{ limits: [{ currency: 'EUR', minimum: '0', maximum: '4.99' }] }, 'limits.0.minimum'],
    [{ limits: [{ currency: 'EURO', minimum: '1', maximum: '4.99' }] }, 'limits.0.currency'],
    [
      {
        limits: [
          { currency: 'EUR', minimum: '1', maximum: '2' },
          { currency: 'EUR', minimum: '1', maximum: '2' },
        ],
      },
      'limits.1.currency',
    ],
    [{ limits: [{ currency: 'USDT', minimum: '1', maximum: '2' }] }, 'limits.0.currency'],
  ])('refuse limits %j', async (change, path) => {
    const problem = body<{ errors: { path: string }[] }>(
      await scene.operator.patch('operator/payment-method-types/bank_transfer', change),
      422,
    );
    expect(problem.errors.map((error) => error.path)).toEqual([path]);
  });

  it('of a closed type are not offered and take no cash-outs', async () => {
    body(await scene.operator.patch('operator/payment-method-types/paypal', { enabled: false }), 200);
    expect((await types()).map(({ code }) => code)).not.toContain('paypal');
    const methodId = (await listed()).find(({ type }) => type === 'paypal')!.id;
    const refused = await scene.partner.post('partner/cashouts', {
      currency: 'EUR',
      amount: '20.00',
      paymentMethodId: methodId,
    });
    expect(body<{ code: string }>(refused, 422).code).toBe('PAYMENT_METHOD_TYPE_DISABLED');
    body(await add('paypal', { email: 'b@example.com' }), 422);
    body(await scene.operator.patch('operator/payment-method-types/cheque', { enabled: false }), 404);
    body(await scene.partner.patch('operator/payment-method-types/paypal', { enabled: true }), 403);
  });
});
