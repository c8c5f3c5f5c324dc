import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person } from '../../support/journey.js';
import { type Account, BillingScene, CPA_50 } from '../billing/scene.js';
import { addMethod, eur } from './scene.js';

describe('A26 T09 balances by state', () => {
  let app: TestApp;
  let scene: BillingScene;
  let account: Account;
  let operator: Person;
  let partner: Person;

  /** Four bills of 50.00 EUR: one paid and cashed out in part, one on hold, two pending. */
  beforeAll(async () => {
    app = await createTestApp();
    scene = await BillingScene.open(app);
    account = await scene.account({ strategies: [CPA_50], period: 'daily' });
    for (const day of ['2026-10-27', '2026-10-28', '2026-10-29', '2026-10-30'])
      await account.qualify(day, day);
    await account.bill('2026-11-01');
    operator = await scene.operator.signInAgain();
    await operator.enableTwoFactor();
    const bills = await app.db.query<{ id: string }[]>('SELECT id FROM bills ORDER BY id');
    body(await operator.post(`operator/bills/${bills[0]!.id}/approve`), 200);
    body(await operator.post(`operator/bills/${bills[1]!.id}/hold`), 200);
    partner = await scene.partner.signInAgain();
    await partner.enableTwoFactor();
    const [user] = await app.db.query<[{ id: string }]>(`SELECT id FROM users WHERE email = $1`, [
      partner.email,
    ]);
    const paymentMethodId = await addMethod(app, scene.partnerId, user.id);
    for (const decision of ['accept', null]) {
      const asked = await partner.post('partner/cashouts', {
        currency: 'EUR',
        amount: '15.00',
        paymentMethodId,
      });
      const { id } = body<{ id: string }>(asked, 201);
      if (decision) body(await operator.post(`operator/cashouts/${id}/${decision}`), 200);
    }
  });
  afterAll(() => app.close());

  const BALANCE = {
    currency: 'EUR',
    available: eur('20.00'),
    processing: eur('15.00'),
    paid: eur('15.00'),
    pending: eur('100.00'),
    onHold: eur('50.00'),
  };

  it('tell the partner and operators where all of its money stands, per currency', async () => {
    expect(body(await partner.get('partner/wallet'), 200)).toEqual({ balances: [BALANCE] });
    const path = `operator/partners/${scene.partnerId}`;
    expect(body(await operator.get(`${path}/wallet`), 200)).toEqual({ balances: [BALANCE] });
    const { items } = body<{ items: object[] }>(await operator.get(`${path}/transactions?type=bill`), 200);
    expect(items).toMatchObject([{ type: 'bill', amount: eur('50.00') }]);
    const csv = await operator.get(`${path}/transactions?format=csv`);
    expect(csv.text.trimEnd().split('\r\n')).toHaveLength(4);
    body(await operator.get(`operator/partners/${randomUUID()}/wallet`), 404);
    body(await partner.get(`${path}/wallet`), 403);
  });
});
