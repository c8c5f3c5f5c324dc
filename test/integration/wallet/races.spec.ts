import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { WalletScene } from './scene.js';

const times = <T>(count: number, run: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => run(index)));

const countOf = (statuses: number[]): Record<number, number> => {
  const counts: Record<number, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

describe('A27 B01 B06 races for the same money', () => {
  let app: TestApp;
  let operator: WalletScene['operator'] | undefined;
  let scene: WalletScene;

  beforeAll(async () => {
    app = await createTestApp();
  });
  beforeEach(async () => {
    scene = await WalletScene.open(app, operator);
    await scene.refresh();
    operator = scene.operator;
  });
  afterEach(async () => expect(await scene.mismatches()).toEqual([]));
  afterAll(() => app.close());

  it('of 100 parallel withdrawals of 10 from 100, exactly ten succeed', async () => {
    await scene.credit('100.00');
    const answers = await times(100, () => scene.request('10.00'));
    expect(countOf(answers.map(({ status }) => status))).toEqual({ 201: 10, 422: 90 });
    const refused = answers.filter(({ status }) => status === 422);
    expect(new Set(refused.map((answer) => body<{ code: string }>(answer, 422).code))).toEqual(
      new Set(['INSUFFICIENT_FUNDS']),
    );
    expect(await scene.balance()).toEqual(['0.00', '100.00', '0.00']);
  });

  it('the same idempotency key 50 times in parallel has one effect', async () => {
    await scene.credit('100.00');
    const key = randomUUID();
    const answers = await times(50, () => scene.request('10.00', 'EUR', key));
    const counts = countOf(answers.map(({ status }) => status));
    expect(Object.keys(counts).every((status) => ['201', '409'].includes(status))).toBe(true);
    const done = answers.filter(({ status }) => status === 201);
    expect(new Set(done.map((answer) => body<{ id: string }>(answer, 201).id)).size).toBe(1);
    expect(done.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1);
    expect(await scene.balance()).toEqual(['90.00', '10.00', '0.00']);
    const other = await scene.request('20.00', 'EUR', key);
    expect(body<{ code: string }>(other, 422).code).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('of 50 cancellations and acceptances at once, one wins', async () => {
    await scene.credit('100.00');
    const { id } = await scene.withdraw('60.00');
    const answers = await times(50, (index) => {
      if (index % 3 === 0) return scene.partner.post(`partner/cashouts/${id}/cancel`);
      return scene.operator.post(`operator/cashouts/${id}/${index % 3 === 1 ? 'accept' : 'cancel'}`);
    });
    expect(countOf(answers.map(({ status }) => status))).toEqual({ 200: 1, 409: 49 });
    const { state } = answers.find(({ status }) => status === 200)!.body as { state: string };
    expect(await scene.balance()).toEqual(
      state === 'success' ? ['40.00', '0.00', '60.00'] : ['100.00', '0.00', '0.00'],
    );
  });

  it('of 50 refunds at once, one wins', async () => {
    await scene.credit('100.00');
    const { id } = await scene.withdraw('60.00');
    body(await scene.operator.post(`operator/cashouts/${id}/accept`), 200);
    const answers = await times(50, () => scene.operator.post(`operator/cashouts/${id}/refund`));
    expect(countOf(answers.map(({ status }) => status))).toEqual({ 200: 1, 409: 49 });
    expect(await scene.balance()).toEqual(['100.00', '0.00', '0.00']);
  });

  it('of 50 refunds of a seventh at once, at most seven win and never more comes back than was paid', async () => {
    await scene.credit('100.00');
    const { id } = await scene.withdraw('70.00');
    body(await scene.operator.post(`operator/cashouts/${id}/accept`), 200);
    const answers = await times(50, () =>
      scene.operator.post(`operator/cashouts/${id}/refund`, { amount: '10.00' }),
    );
    // Whoever waits too long for the row is told to come again (503).
    const counts = countOf(answers.map(({ status }) => status));
    const won = counts[200] ?? 0;
    expect(won + (counts[409] ?? 0) + (counts[503] ?? 0)).toBe(50);
    expect([1, 2, 3, 4, 5, 6, 7]).toContain(won);
    expect(await scene.balance()).toEqual([`${30 + 10 * won}.00`, '0.00', `${70 - 10 * won}.00`]);
    if (counts[409]) expect(won).toBe(7);
  });

  it('of 50 refunds of all and of parts at once, no cent comes back twice', async () => {
    await scene.credit('100.00');
    const { id } = await scene.withdraw('60.00');
    body(await scene.operator.post(`operator/cashouts/${id}/accept`), 200);
    const answers = await times(50, (index) =>
      scene.operator.post(`operator/cashouts/${id}/refund`, index % 2 === 0 ? {} : { amount: '25.00' }),
    );
    const counts = countOf(answers.map(({ status }) => status));
    expect(Object.keys(counts).every((status) => ['200', '409', '422', '503'].includes(status))).toBe(true);
    await scene.operator.post(`operator/cashouts/${id}/refund`);
    const { refunded, refunds } = body<{ refunded: object; refunds: { amount: { amount: string } }[] }>(
      await scene.operator.get(`operator/cashouts/${id}`),
      200,
    );
    expect(refunds.map(({ amount }) => Number(amount.amount)).reduce((sum, part) => sum + part)).toBe(60);
    expect(refunded).toEqual({ amount: '60.00', currency: 'EUR' });
    expect(await scene.balance()).toEqual(['100.00', '0.00', '0.00']);
  });
});
