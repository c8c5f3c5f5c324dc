import { afterAll, beforeAll, expect, it } from 'vitest';
import { Ids } from '../../../src/platform/index.js';
import { outboxDelivered } from '../../support/outbox.js';
import { CPA_50 } from '../billing/scene.js';
import { FraudScene } from './fraud-scene.js';

const TAKEN = '2026-10-04T08:00:00Z';

let fraud: FraudScene;
let codeId: string;
beforeAll(async () => {
  fraud = await FraudScene.open({ strategies: [CPA_50] });
  const { app, scene, account } = fraud;
  codeId = app.app.get(Ids).next();
  const poolId = app.app.get(Ids).next();
  await app.db.query(
    `INSERT INTO promo_code_pools (id, brand_id, name, state, created_at) VALUES ($1, $2, 'Pool', 'open', now())`,
    [poolId, scene.brandId],
  );
  await app.db.query(
    `INSERT INTO promo_codes (id, pool_id, brand_id, code, partner_id, campaign_id, promo_id, taken_at)
     VALUES ($1, $2, $3, 'FOX10', $4, $5, $6, $7)`,
    [codeId, poolId, scene.brandId, scene.partnerId, account.campaignId, account.promoIds.at(-1), TAKEN],
  );
});
afterAll(() => fraud.close());

it('B07 orders and players from before their code was taken raise a signal', async () => {
  const ordered = (order_id: string, ordered_at: string): object => ({
    ...{ order_id, ordered_at, promo_code: 'fox10', amount: '80.00', currency: 'EUR' },
  });
  const early = '2020-01-05T10:00:00Z';
  const late = '2026-10-04T09:00:00Z';
  await fraud.scene.server.sync('orders', { orders: [ordered('early', early), ordered('late', late)] });
  const player = (user_id: string, sign_up_at: string): object => ({
    user_id,
    sign_up_at,
    bonus_code: 'FOX10',
  });
  await fraud.scene.server.sync('players', { players: [player('early', early), player('late', late)] });
  await outboxDelivered(fraud.app);
  const signals = await fraud.signals();
  const code = { promoCodeId: codeId, takenAt: new Date(TAKEN).toISOString() };
  const at = new Date(early).toISOString();
  expect(signals.sort((one, other) => (one.rule < other.rule ? -1 : 1))).toMatchObject([
    { rule: 'order_before_code', orderExternalId: 'early', evidence: { ...code, orderedAt: at } },
    { rule: 'sign_up_before_code', playerExternalId: 'early', evidence: { ...code, signedUpAt: at } },
  ]);
  expect(signals).toHaveLength(2);
});
