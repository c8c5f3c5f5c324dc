import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { WalletScene } from './scene.js';

interface TypeBody {
  code: string;
  title: string;
  fields: { name: string; title: string; form: string; example: string; choices: string[] | null }[];
}

/** What is no secret of the examples. */
const SHOWN = ['BTC', 'Lucky Fox', 'Bookshop'];

describe('A26 T10 every type of payment method', () => {
  let app: TestApp;
  let scene: WalletScene;
  let types: TypeBody[];

  beforeAll(async () => {
    app = await createTestApp();
    scene = await WalletScene.open(app);
    await scene.credit('500.00');
    await scene.refresh();
    body(await scene.partner.delete(`partner/payment-methods/${scene.paymentMethodId}`), 204);
    types = body<{ items: TypeBody[] }>(await scene.partner.get('partner/payment-method-types'), 200).items;
  });
  afterAll(() => app.close());

  const methods = async () =>
    body<{ items: { id: string; type: string }[] }>(await scene.partner.get('partner/payment-methods'), 200)
      .items;

  it('is told with what a form needs', () => {
    expect(
      types.map(({ code, fields }) => [code, fields.map(({ name, form }) => `${name}: ${form}`)]),
    ).toEqual([
      ['bank_transfer', ['holder: text', 'iban: text', 'bic: text']],
      ['paypal', ['email: email']],
      ['crypto_address', ['coin: choice', 'address: text']],
      ['neteller', ['email: email', 'account: text']],
      ['skrill', ['email: email']],
      ['webmoney', ['purse: text']],
      ['capitalist', ['account: text']],
      ['player_account', ['brand: text', 'player: text']],
      ['gift_card', ['shop: text', 'email: email']],
      ['other', ['description: multiline']],
    ]);
  });

  it('takes its own examples and shows them masked wherever they are seen', async () => {
    for (const { code, fields } of types) {
      const input = Object.fromEntries(fields.map(({ name, example }) => [name, example]));
      body(await scene.partner.post('partner/payment-methods', { type: code, fields: input }), 201);
    }
    const added = await methods();
    expect(added.map(({ type }) => type).sort()).toEqual(types.map(({ code }) => code).sort());
    for (const { id, type } of added.filter(({ type: code }) => !['webmoney', 'capitalist'].includes(code))) {
      const asked = { currency: 'EUR', amount: '10.00', paymentMethodId: id };
      expect((await scene.partner.post('partner/cashouts', asked)).status, type).toBe(201);
    }
    await outboxDelivered(app);
    const seen = [
      await scene.partner.get('partner/payment-methods'),
      await scene.partner.get('partner/cashouts'),
      await scene.partner.get('partner/cashouts?format=csv'),
      await scene.partner.get('partner/events'),
      await scene.operator.get('operator/cashouts'),
      await scene.operator.get('operator/audit-log'),
    ].map(({ text }) => text);
    for (const table of ['payment_methods', 'event_log', 'audit_log', 'idempotency_keys']) {
      const rows = await app.db.query<{ text: string }[]>(`SELECT t::text AS text FROM ${table} t`);
      seen.push(...rows.map(({ text }) => text));
    }
    const secrets = types.flatMap(({ fields }) => fields.map(({ example }) => example));
    for (const secret of secrets.filter((example) => !SHOWN.includes(example))) {
      for (const text of seen) {
        expect(text).not.toContain(secret);
        expect(text).not.toContain(secret.replaceAll(' ', ''));
      }
    }
  });

  it.each([
    ['webmoney', 'EUR', 'USD'],
    ['capitalist', 'EUR', 'USD'],
  ])('%s of another currency is refused, and the right one named', async (type, currency, right) => {
    const { id } = (await methods()).find((method) => method.type === type)!;
    const asked = await scene.partner.post('partner/cashouts', {
      currency,
      amount: '10.00',
      paymentMethodId: id,
    });
    const problem = body<{ code: string; errors: object[] }>(asked, 422);
    expect(problem).toMatchObject({
      code: 'CURRENCY_NOT_SUPPORTED',
      errors: [
        {
          path: 'currency',
          message: `${currency} cannot be paid to this payment method; it takes ${right}`,
        },
      ],
    });
  });
});
