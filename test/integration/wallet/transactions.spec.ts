import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { eur, type MoneyBody, WalletScene } from './scene.js';

interface TransactionBody {
  id: string;
  type: string;
  direction: string;
  amount: MoneyBody;
  balanceAfter: MoneyBody;
  reference: string;
  createdAt: string;
}

describe('A14 T09 transactions', () => {
  let app: TestApp;
  let scene: WalletScene;
  let cashoutId: string;

  /** 1 Nov: bill of 100.00 EUR and one of 7.50 USD; 2 Nov: out 40.00, back by cancel; 3 Nov: out 60.00, refunded. */
  beforeAll(async () => {
    app = await createTestApp();
    app.clock.set('2026-11-01T09:00:00Z');
    scene = await WalletScene.open(app);
    app.clock.set('2026-11-01T10:00:00Z');
    await scene.credit('100.00', 'EUR', 'bill-1');
    await scene.credit('7.50', 'USD', 'bill-2');
    app.clock.set('2026-11-02T23:00:00Z');
    await scene.refresh();
    const { id } = await scene.withdraw('40.00');
    body(await scene.partner.post(`partner/cashouts/${id}/cancel`), 200);
    app.clock.set('2026-11-03T10:00:00Z');
    await scene.refresh();
    cashoutId = (await scene.withdraw('60.00')).id;
    body(await scene.operator.post(`operator/cashouts/${cashoutId}/accept`), 200);
    body(await scene.operator.post(`operator/cashouts/${cashoutId}/refund`), 200);
  });
  afterAll(() => app.close());

  const page = async (query = '') =>
    body<{ items: TransactionBody[]; nextCursor: string | null }>(
      await scene.partner.get(`partner/transactions?${query}`),
      200,
    );
  const lines = async (query = '') =>
    (await page(query)).items.map(
      ({ type, direction, amount }) => `${type} ${direction} ${amount.amount} ${amount.currency}`,
    );

  const BILL_EUR = 'bill in 100.00 EUR';
  const BILL_USD = 'bill in 7.50 USD';
  const OUT_40 = 'payment_cashout out 40.00 EUR';
  const BACK_40 = 'payment_cashout in 40.00 EUR';
  const OUT_60 = 'payment_cashout out 60.00 EUR';
  const REFUND_60 = 'payment_refund in 60.00 EUR';

  it('are every change of the available balance, newest first, with what caused it', async () => {
    expect(await lines()).toEqual([REFUND_60, OUT_60, BACK_40, OUT_40, BILL_USD, BILL_EUR]);
    const [refund] = (await page()).items;
    expect(refund).toMatchObject({ reference: cashoutId, balanceAfter: eur('100.00') });
    expect((await page('type=bill&currency=EUR')).items).toMatchObject([
      { reference: 'bill-1', createdAt: '2026-11-01T10:00:00.000Z', memo: null },
    ]);
  });

  it.each([
    ['type=payment_cashout', [OUT_60, BACK_40, OUT_40]],
    ['type=payment_refund', [REFUND_60]],
    ['type=balance_correction', []],
    ['direction=out', [OUT_60, OUT_40]],
    ['direction=in&type=payment_cashout', [BACK_40]],
    ['currency=USD', [BILL_USD]],
    ['currency=GBP', []],
    ['minAmount=60', [REFUND_60, OUT_60, BILL_EUR]],
    ['minAmount=40.001&maxAmount=60.0', [REFUND_60, OUT_60]],
    ['maxAmount=7.5', [BILL_USD]],
    ['from=2026-11-03', [REFUND_60, OUT_60]],
    ['to=2026-11-02', [BACK_40, OUT_40, BILL_USD, BILL_EUR]],
    ['from=2026-11-02&to=2026-11-02', [BACK_40, OUT_40]],
    ['to=2026-11-01T10:00:00Z', [BILL_USD, BILL_EUR]],
    ['to=2026-11-01T09:59:59.999Z', []],
    ['from=2026-11-03T11:00:00%2B01:00', [REFUND_60, OUT_60]],
  ])('filtered by %s', async (query, expected) => {
    expect(await lines(query)).toEqual(expected);
  });

  it('come page by page, also over currencies', async () => {
    const whole = await lines();
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const next: Awaited<ReturnType<typeof page>> = await page(`limit=1${cursor && `&cursor=${cursor}`}`);
      seen.push(
        ...next.items.map(
          (item) => `${item.type} ${item.direction} ${item.amount.amount} ${item.amount.currency}`,
        ),
      );
      cursor = next.nextCursor;
    }
    expect(seen).toEqual(whole);
  });

  it.each([
    'kind=bill',
    'type=bills',
    'direction=up',
    'currency=eur',
    'currency=ZZZ',
    'minAmount=1e3',
    'from=yesterday',
    'to=2026-11',
    'cursor=x',
    'limit=0',
  ])('refuse %s', async (query) => {
    const problem = body<{ errors?: { path: string }[] }>(
      await scene.partner.get(`partner/transactions?${query}`),
      400,
    );
    if (problem.errors) expect(query).toContain(`${problem.errors[0]!.path}=`);
  });

  it.each(['transactions', 'cashouts'])(
    '%s of a range of amounts that ends before it begins are refused',
    async (list) => {
      const answer = await scene.partner.get(`partner/${list}?minAmount=5&maxAmount=1`);
      expect(body(answer, 400)).toMatchObject({
        errors: [{ path: 'maxAmount', message: 'must not be below minAmount' }],
      });
      body(await scene.partner.get(`partner/${list}?minAmount=5&maxAmount=5.00`), 200);
    },
  );

  it("are one's own", async () => {
    const stranger = await WalletScene.open(app, scene.operator);
    const theirs = body<{ items: unknown[] }>(await stranger.partner.get('partner/transactions'), 200);
    expect(theirs.items).toEqual([]);
    expect(body(await stranger.partner.get('partner/wallet'), 200)).toEqual({ balances: [] });
  });
});
