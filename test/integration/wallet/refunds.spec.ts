import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { type CashoutBody, eur, WalletScene } from './scene.js';

describe('A12 refunds in parts', () => {
  let app: TestApp;
  let scene: WalletScene;

  beforeAll(async () => {
    app = await createTestApp();
    scene = await WalletScene.open(app);
    await scene.credit('1000.00');
  });
  beforeEach(async () => scene.refresh());
  afterAll(async () => {
    expect(await scene.mismatches()).toEqual([]);
    await app.close();
  });

  const refund = (id: string, payload: object = {}) =>
    scene.operator.post(`operator/cashouts/${id}/refund`, payload);

  async function paid(amount: string): Promise<string> {
    const { id } = await scene.withdraw(amount);
    body(await scene.operator.post(`operator/cashouts/${id}/accept`), 200);
    return id;
  }

  it('add up to the payment and never to more; each is told with the original payment', async () => {
    const id = await paid('100.00');
    const [available] = await scene.balance();
    expect(available).toBe('900.00');
    const first = body(await refund(id, { amount: '30.50', comment: 'A fee was taken' }), 200);
    expect(first).toMatchObject({
      state: 'refund',
      refunded: eur('30.50'),
      refunds: [{ amount: eur('30.50'), comment: 'A fee was taken' }],
      originalPayment: { cashoutId: id, amount: eur('100.00') },
    });
    expect(await scene.balance()).toEqual(['930.50', '0.00', '69.50']);

    const problem = body<{ code: string; errors: object[] }>(await refund(id, { amount: '69.51' }), 422);
    expect(problem).toMatchObject({
      code: 'REFUND_TOO_LARGE',
      refundable: eur('69.50'),
      errors: [{ path: 'amount', message: 'must be at most 69.50 EUR, which is left of the payment' }],
    });

    const rest = body(await refund(id), 200);
    expect(rest).toMatchObject({
      refunded: eur('100.00'),
      refunds: [eur('30.50'), eur('69.50')].map((amount) => ({ amount })),
    });
    expect(await scene.balance()).toEqual(['1000.00', '0.00', '0.00']);
    expect(body<{ code: string }>(await refund(id), 409).code).toBe('CASHOUT_STATE_CONFLICT');
    expect(body<{ code: string }>(await refund(id, { amount: '0.01' }), 409).code).toBe(
      'CASHOUT_STATE_CONFLICT',
    );

    await outboxDelivered(app);
    const { items } = body<{ items: { type: string; subjectId: string; data: object }[] }>(
      await scene.partner.get('partner/events?type=refund_made'),
      200,
    );
    expect(items.filter(({ subjectId }) => subjectId === id)).toMatchObject([
      { data: { amount: eur('69.50'), originalPayment: { cashoutId: id, amount: eur('100.00') } } },
      { data: { amount: eur('30.50'), originalPayment: { cashoutId: id, amount: eur('100.00') } } },
    ]);
    const audit = await app.db.query(
      `SELECT before, after FROM audit_log WHERE action = 'cashout.refund' AND subject_id = $1 ORDER BY id`,
      [id],
    );
    expect(audit).toMatchObject([
      { before: { state: 'success', refunded: eur('0.00') }, after: { refunded: eur('30.50') } },
      { before: { state: 'refund', refunded: eur('30.50') }, after: { refunded: eur('100.00') } },
    ]);
  });

  it('are told with their own comment or none, never with that of an earlier decision', async () => {
    const { id } = await scene.withdraw('20.00');
    body(await scene.operator.post(`operator/cashouts/${id}/accept`, { comment: 'Paid on Monday' }), 200);
    body(await refund(id, { amount: '5.00' }), 200);
    body(await refund(id, { amount: '6.00', comment: 'A fee was taken' }), 200);
    const last = body<{ refunds: { comment: string | null }[] }>(await refund(id), 200);
    expect(last.refunds.map(({ comment }) => comment)).toEqual([null, 'A fee was taken', null]);
    await outboxDelivered(app);
    const events = await app.db.query<{ comment: string | null }[]>(
      `SELECT data ->> 'comment' AS comment FROM event_log WHERE type = 'refund_made' AND subject_id = $1 ORDER BY id`,
      [id],
    );
    const audit = await app.db.query<{ comment: string | null }[]>(
      `SELECT after ->> 'comment' AS comment FROM audit_log WHERE action = 'cashout.refund' AND subject_id = $1
        ORDER BY id`,
      [id],
    );
    for (const told of [events, audit])
      expect(told.map(({ comment }) => comment)).toEqual([null, 'A fee was taken', null]);
    const { items } = body<{ items: { summary: string }[] }>(
      await scene.partner.get('partner/events?type=refund_made&limit=3'),
      200,
    );
    expect(items.map(({ summary }) => /Monday|fee/.exec(summary)?.[0])).toEqual([
      undefined,
      'fee',
      undefined,
    ]);
  });

  it.each(['1e3', '0.1+0.2', '-0', '-1', '0', 'NaN', '٢٠', '20.001', '1'.padEnd(31, '0'), ' 1', ''])(
    'amount %j is refused, and the field is named',
    async (amount) => {
      const id = await paid('20.00');
      const problem = body<{ errors: { path: string }[] }>(await refund(id, { amount }), 422);
      expect(problem.errors.map(({ path }) => path)).toEqual(['amount']);
      body(await refund(id), 200);
    },
  );

  it('are kept as they were', async () => {
    const id = await paid('20.00');
    body(await refund(id, { amount: '5.00' }), 200);
    const change = (sql: string) => app.db.query(sql, [id]);
    await expect(
      change(`UPDATE cashout_refunds SET amount_minor = 1 WHERE cashout_id = $1`),
    ).rejects.toThrow();
    await expect(change(`DELETE FROM cashout_refunds WHERE cashout_id = $1`)).rejects.toThrow();
    await expect(change(`UPDATE cashouts SET refunded_minor = 2001 WHERE id = $1`)).rejects.toThrow(
      'cashouts_refunded_part',
    );
    const { state } = body<CashoutBody>(await scene.partner.get(`partner/cashouts/${id}`), 200);
    expect(state).toBe('refund');
  });
});
