import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databaseUrlOf, type Tx, UnitOfWork } from '../../../src/platform/index.js';
import type { BatchReport } from '../../../src/tracking/domain/batch-report.js';
import { SyncActivity } from '../../../src/tracking/sync-activity.service.js';
import { SyncPlayers } from '../../../src/tracking/sync-players.service.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { waitingForLock } from '../../support/locks.js';
import { makeTrackingScene, type TrackingScene } from '../../support/tracking-scene.js';

const VISIT = '019a4c3e-7b1a-7c3d-8e4f-5a6b7c8d9e0f';
const TEN = { from: new Date('2026-10-10T10:00:00Z'), to: new Date('2026-10-10T11:00:00Z') };
const ELEVEN = { from: TEN.to, to: new Date('2026-10-10T12:00:00Z') };

let app: TestApp;
let scene: TrackingScene;
let unitOfWork: UnitOfWork;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  scene = await makeTrackingScene(databaseUrlOf(app.db));
  unitOfWork = app.app.get(UnitOfWork);
  await app.db.query(
    `INSERT INTO visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, query) VALUES ($1, $2, $3, $4, $5, now(), '{}')`,
    [VISIT, scene.partnerId, scene.brandId, scene.campaignId, scene.promos[0]!.id],
  );
});
afterAll(() => app.close());

beforeEach(async () => {
  await app.asOwner(
    'TRUNCATE players, fraud_signals, player_activity, deposits, deposit_listings, activity_corrections, fact_changes',
  );
  await register('p-1');
});

async function register(user_id: string): Promise<void> {
  const player = { tag: VISIT, user_id, sign_up_at: '2026-10-05T09:00:00Z' };
  await unitOfWork.run((tx) => app.app.get(SyncPlayers).record(tx, scene.brandId, [player]));
}

/** Reports the player's deposits of an hour, each as its name, minute and cents. */
function report(
  tx: Tx,
  hour: typeof TEN,
  deposits: readonly (readonly [string, number, number])[],
): Promise<BatchReport> {
  return record(tx, hour, [{ user_id: 'p-1', deposits: deposits.map((one) => deposit(...one)) }]);
}

function deposit(deposit_id: string, minute: number, amount_cents: number): object {
  return {
    deposit_id,
    amount_cents,
    processed_at: new Date(TEN.from.getTime() + minute * 60_000).toISOString(),
  };
}

function record(tx: Tx, hour: typeof TEN, items: readonly object[]): Promise<BatchReport> {
  const head = { brandId: scene.brandId, brandCurrency: 'EUR', ...hour };
  return app.app.get(SyncActivity).record(
    tx,
    head,
    items.map((item) => ({ ...item, currency: 'EUR' })),
  );
}

const sums = async (): Promise<string[]> => {
  const rows = await app.db.query<{ deposits_sum: string }[]>(
    'SELECT deposits_sum FROM player_activity ORDER BY interval_from',
  );
  return rows.map(({ deposits_sum }) => deposits_sum);
};
const firstDeposits = (): Promise<unknown> =>
  app.db.query(
    `SELECT d.external_id, d.amount_minor, p.first_deposit_minor
       FROM deposits d JOIN players p ON p.id = d.player_id WHERE d.is_first`,
  );

describe('A07 a deposit', () => {
  it('is corrected where it counts, whichever interval brings its new amount', async () => {
    await unitOfWork.run((tx) => report(tx, TEN, [['d', 30, 700]]));
    await app.db.query('DELETE FROM fact_changes');
    const later = (): Promise<BatchReport> => unitOfWork.run((tx) => report(tx, ELEVEN, [['d', 30, 900]]));
    expect(await later()).toMatchObject({ accepted: 1 });
    expect(await sums()).toEqual(['900', '0']);
    expect(await firstDeposits()).toEqual([
      { external_id: 'd', amount_minor: '900', first_deposit_minor: '900' },
    ]);
    const marks = await app.db.query<{ occurred_at: Date }[]>('SELECT occurred_at FROM fact_changes');
    expect(marks.map(({ occurred_at }) => occurred_at)).toContainEqual(TEN.from);
    expect(await later()).toMatchObject({ duplicate: 1 });
    expect(await sums()).toEqual(['900', '0']);
  });

  it('that goes while the next one comes leaves that one as the first', async () => {
    await unitOfWork.run((tx) => report(tx, TEN, [['early', 30, 700]]));
    const { going } = await unitOfWork.run(async (tx) => {
      await report(tx, ELEVEN, [['late', 90, 500]]);
      const going = unitOfWork.run((other) => report(other, TEN, []));
      await setTimeout(200);
      return { going };
    });
    await going;
    expect(await firstDeposits()).toEqual([
      { external_id: 'late', amount_minor: '500', first_deposit_minor: '500' },
    ]);
  });

  it('goes on in the next interval that lists it when the one where it counts drops it', async () => {
    const d = ['d', 30, 700] as const;
    await unitOfWork.run((tx) => report(tx, ELEVEN, [d]));
    expect(await sums()).toEqual(['700']);
    await unitOfWork.run((tx) => report(tx, TEN, [d]));
    expect(await sums()).toEqual(['700', '0']);
    await app.db.query('DELETE FROM fact_changes');
    expect(await unitOfWork.run((tx) => report(tx, TEN, []))).toMatchObject({ corrected: 1 });
    expect(await sums()).toEqual(['0', '700']);
    const marks = await app.db.query<{ occurred_at: Date }[]>('SELECT occurred_at FROM fact_changes');
    expect(marks.map(({ occurred_at }) => occurred_at)).toEqual(expect.arrayContaining([TEN.from, ELEVEN.from])); // prettier-ignore
    await unitOfWork.run((tx) => report(tx, ELEVEN, []));
    expect([await sums(), await firstDeposits()]).toEqual([['0', '0'], []]);
  });
});

describe('A07 batches that keep one player’s deposit and drop another’s', () => {
  it.each<[string, object]>([
    ['an empty list', { deposits: [] }],
    ['none', {}],
  ])('with %s wait for each other, and none of them has to run again', async (_, dropped) => {
    await register('p-2');
    const all = [TEN, ELEVEN].map((hour, place) => ({
      hour,
      items: ['p-1', 'p-2'].map((user_id) => ({
        user_id,
        deposits: [deposit(`${user_id} ${place}`, place, 700)],
      })),
    }));
    for (const { hour, items } of all) await unitOfWork.run((tx) => record(tx, hour, items));
    let runs = 0;
    const keepOne = ({ hour, items }: (typeof all)[number], kept: number): Promise<BatchReport> =>
      unitOfWork.run((tx) => {
        runs += 1;
        return record(
          tx,
          hour,
          items.map((item, place) => (place === kept ? item : { user_id: item.user_id, ...dropped })),
        );
      });
    const { both } = await unitOfWork.run(async (gate) => {
      await gate.query('SELECT FROM player_activity FOR UPDATE');
      const both = Promise.all([keepOne(all[0]!, 1), keepOne(all[1]!, 0)]);
      await waitingForLock(app, 2);
      return { both };
    });
    expect(await both).toMatchObject([
      { duplicate: 1, corrected: 1 },
      { duplicate: 1, corrected: 1 },
    ]);
    expect(runs).toBe(2);
  });
});
