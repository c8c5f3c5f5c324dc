import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseUrlOf, UnitOfWork } from '../../../src/platform/index.js';
import { SyncOrders } from '../../../src/tracking/orders/sync-orders.service.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { makeTrackingScene, type TrackingScene } from '../../support/tracking-scene.js';

interface Life {
  id: number;
  decision: 'pending' | 'approved' | 'declined';
  cents: number;
  decidedCents: number;
}

/** What happens to orders: each is pending first, then perhaps decided, perhaps with another amount. */
const lives = fc.uniqueArray(
  fc.record<Life>({
    id: fc.nat(9),
    decision: fc.constantFrom('pending', 'approved', 'declined'),
    cents: fc.integer({ min: 100, max: 99_999 }),
    decidedCents: fc.integer({ min: 100, max: 99_999 }),
  }),
  { selector: ({ id }) => id, minLength: 1, maxLength: 6 },
);

/** The reports of these lives, each once at least and some again, in any order, cut into batches. */
const histories = lives.chain((all) => {
  const reports = all.flatMap(reportsOf);
  return fc.record({
    all: fc.constant(all),
    sent: fc
      .array(fc.constantFrom(...reports), { maxLength: 8 })
      .chain((again) =>
        fc.shuffledSubarray([...reports, ...again], { minLength: reports.length + again.length }),
      ),
    batchSize: fc.integer({ min: 1, max: 6 }),
  });
});

let app: TestApp;
let scene: TrackingScene;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  scene = await makeTrackingScene(databaseUrlOf(app.db));
  const poolId = randomUUID();
  await app.db.query(
    `INSERT INTO promo_code_pools (id, brand_id, name, state, created_at) VALUES ($1, $2, 'Pool', 'open', now())`,
    [poolId, scene.brandId],
  );
  await app.db.query(
    `INSERT INTO promo_codes (id, pool_id, brand_id, code, partner_id, campaign_id, promo_id, taken_at)
     VALUES ($1, $2, $3, 'FOX10', $4, $5, $6, now())`,
    [randomUUID(), poolId, scene.brandId, scene.partnerId, scene.campaignId, scene.promos[0]!.id],
  );
});
afterAll(() => app.close());

function reportsOf({ id, decision, cents, decidedCents }: Life): object[] {
  const report = (status: string, amountCents: number): object => ({
    order_id: `o-${id}`,
    promo_code: 'fox10',
    amount: (amountCents / 100).toFixed(2),
    currency: 'EUR',
    ordered_at: '2026-10-10T10:12:00Z',
    status,
  });
  const made = report('pending', cents);
  return decision === 'pending' ? [made] : [made, report(decision, decidedCents)];
}

describe('T07 orders', () => {
  it('are the same in whatever order, repetition and batches they are reported', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async ({ all, sent, batchSize }) => {
        await app.db.query('DELETE FROM orders');
        let accepted = 0;
        for (let from = 0; from < sent.length; from += batchSize) {
          const batch = sent.slice(from, from + batchSize);
          const brand = { brandId: scene.brandId, brandCurrency: 'EUR' };
          const report = await app.app
            .get(UnitOfWork)
            .run((tx) => app.app.get(SyncOrders).record(tx, brand, batch));
          expect(report.rejected).toBe(0);
          accepted += report.accepted;
        }
        const orders = await app.db.query(
          'SELECT external_id AS id, status, amount_minor::int AS cents FROM orders ORDER BY external_id',
        );
        expect(orders).toEqual(
          [...all]
            .sort((a, b) => a.id - b.id)
            .map(({ id, decision, cents, decidedCents }) => ({
              id: `o-${id}`,
              status: decision,
              cents: decision === 'pending' ? cents : decidedCents,
            })),
        );
        expect(accepted).toBe(all.length);
      }),
      { numRuns: 40 },
    );
  });
});
