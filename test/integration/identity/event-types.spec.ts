import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { Program } from './operator-writes.js';

interface Event {
  id: string;
  type: string;
  title: string;
  summary: string;
  actor: { kind: string };
  subjectType: string;
  subjectId: string;
  data: { paymentMethod?: object; originalPayment?: object };
}

let app: TestApp;
let program: Program;
let partner: Person;
let operator: Person;

beforeAll(async () => {
  app = await createTestApp();
  program = await Program.open(app);
  ({ partner, operator } = program.wallet);
});
afterAll(() => app.close());

/** The newest event, once the outbox has brought it. */
async function newest(who: Person = partner): Promise<Event> {
  await outboxDelivered(app);
  const { items } = body<{ items: [Event] }>(await who.get('partner/events?limit=1'), 200);
  return body<Event>(await who.get(`partner/events/${items[0].id}`), 200);
}

describe('A29 what happened is told, with a detail that people can read', () => {
  it('a bill was approved', async () => {
    const id = program.bill();
    body(await operator.post(`operator/bills/${id}/approve`), 200);
    expect(await newest(program.scene.partner)).toMatchObject({
      type: 'bill_approved',
      title: 'Bill approved',
      summary: 'A bill was approved: 50.00 EUR is in your available balance.',
      actor: { kind: 'operator' },
      subjectType: 'bill',
      subjectId: id,
    });
  });

  it('a bill was issued, corrected, cancelled', async () => {
    const id = program.bill();
    const { partner: billed } = program.scene;
    await outboxDelivered(app);
    const { items } = body<{ items: Event[] }>(await billed.get('partner/events?type=bill_issued'), 200);
    expect(items.find(({ subjectId }) => subjectId === id)).toMatchObject({
      title: 'Bill issued',
      summary: expect.stringMatching(/^A bill of 50\.00 EUR was made for [\d-]{10} to [\d-]{10}; it waits/),
      actor: { kind: 'system' },
    });

    const correction = { type: 'subtract', amount: '7.50', comment: 'Shared with a partner' };
    body(await operator.post(`operator/bills/${id}/corrections`, correction), 201);
    expect(await newest(billed)).toMatchObject({
      type: 'bill_corrected',
      summary: 'A bill was corrected and comes to 42.50 EUR: Shared with a partner',
      subjectId: id,
    });
    body(await operator.post(`operator/bills/${id}/cancel`, { reason: 'Paid elsewhere' }), 200);
    expect(await newest(billed)).toMatchObject({
      type: 'bill_cancelled',
      summary: 'A bill of 42.50 EUR was cancelled: Paid elsewhere',
      subjectId: id,
    });
    expect((await app.mailbox(billed.email)).at(-1)).toMatchObject({
      subject: 'Bill cancelled',
      text: 'A bill of 42.50 EUR was cancelled: Paid elsewhere',
    });
  });

  it('a cash-out was requested, cancelled, accepted, refunded', async () => {
    const { wallet } = program;
    const { id } = await wallet.withdraw('20.00');
    const paymentMethod = {
      id: wallet.paymentMethodId,
      type: 'paypal',
      fields: { email: 'a****@example.com' },
    };
    expect(await newest()).toMatchObject({
      type: 'cashout_requested',
      summary: 'A cash-out of 20.00 EUR was requested.',
      actor: { kind: 'member', name: partner.email.split('@')[0], impersonated: false },
      subjectType: 'cashout',
      subjectId: id,
      data: { paymentMethod },
    });

    body(await partner.post(`partner/cashouts/${id}/cancel`), 200);
    expect(await newest()).toMatchObject({
      type: 'cashout_cancelled',
      actor: { kind: 'member' },
      subjectId: id,
    });

    const other = await wallet.withdraw('30.00');
    body(await operator.post(`operator/cashouts/${other.id}/accept`, { comment: 'Sent today' }), 200);
    expect(await newest()).toMatchObject({
      type: 'cashout_accepted',
      summary: 'A cash-out of 30.00 EUR was accepted and paid: Sent today',
      actor: { kind: 'operator' },
    });
    body(await operator.post(`operator/cashouts/${other.id}/refund`), 200);
    expect(await newest()).toMatchObject({
      type: 'refund_made',
      data: { amount: { amount: '30.00', currency: 'EUR' }, originalPayment: { cashoutId: other.id } },
    });
  });

  it('a payment method was added, and deleted, and is shown masked to those who may see it', async () => {
    const fields = { holder: 'Ada Lovelace', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' };
    const { id } = body<{ id: string }>(
      await partner.post('partner/payment-methods', { type: 'bank_transfer', fields }),
      201,
    );
    const paymentMethod = {
      id,
      type: 'bank_transfer',
      title: 'Bank transfer',
      fields: { iban: 'DE****3000' },
    };
    expect(await newest()).toMatchObject({
      type: 'payment_method_added',
      subjectId: id,
      data: { paymentMethod },
    });
    body(await partner.delete(`partner/payment-methods/${id}`), 204);
    const deleted = await newest();
    expect(deleted).toMatchObject({ type: 'payment_method_deleted', subjectId: id, data: { paymentMethod } });

    const as = (role: string) =>
      app.db.query('UPDATE memberships SET role = $2 WHERE user_id = $1', [program.wallet.userId, role]);
    await as('manager');
    expect((await partner.get(`partner/events/${deleted.id}`)).status).toBe(404);
    const { items } = body<{ items: Event[] }>(
      await partner.get('partner/events?type=cashout_requested'),
      200,
    );
    expect(items[0]!.data).toEqual({
      amount: { amount: '30.00', currency: 'EUR' },
      paymentMethodId: program.wallet.paymentMethodId,
      comment: null,
    });
    await as('owner');
  });

  it('two-factor authentication was enabled', async () => {
    const { partner: other } = program.scene;
    await other.enableTwoFactor();
    expect(await newest(other)).toMatchObject({
      type: 'two_factor_enabled',
      summary: 'Two-factor authentication was enabled for ann.',
      subjectType: 'user',
      data: {},
    });
  });
});
