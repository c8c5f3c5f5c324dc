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
});
