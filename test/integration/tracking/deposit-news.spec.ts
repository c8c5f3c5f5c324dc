import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databaseUrlOf, Outbox, UnitOfWork } from '../../../src/platform/index.js';
import type { BatchReport } from '../../../src/tracking/domain/batch-report.js';
import { FACTS_RECORDED, type FactsRecorded } from '../../../src/tracking/index.js';
import { SyncActivity } from '../../../src/tracking/sync-activity.service.js';
import { SyncPlayers } from '../../../src/tracking/sync-players.service.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { makeTrackingScene, type TrackingScene } from '../../support/tracking-scene.js';

const VISIT = '019a4c3e-7b1a-7c3d-8e4f-5a6b7c8d9e0f';
const HOUR = { from: new Date('2026-10-10T10:00:00Z'), to: new Date('2026-10-10T11:00:00Z') };

let app: TestApp;
let scene: TrackingScene;
let unitOfWork: UnitOfWork;
/** Names and amounts of the actions, in the order in which they were told. */
const told: [string, string | null][] = [];

beforeAll(async () => {
  app = await createTestApp({ background: false });
  scene = await makeTrackingScene(databaseUrlOf(app.db));
  unitOfWork = app.app.get(UnitOfWork);
  const outbox = app.app.get(Outbox);
  const publish = outbox.publish.bind(outbox);
  outbox.publish = (tx, type, payload) => {
    if (type === FACTS_RECORDED) {
      const { actions } = payload as FactsRecorded;
      told.push(...actions.map(({ action, amountMinor }): [string, string | null] => [action, amountMinor]));
    }
    return publish(tx, type, payload);
  };
  await app.db.query(
    `INSERT INTO visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, query) VALUES ($1, $2, $3, $4, $5, now(), '{}')`,
    [VISIT, scene.partnerId, scene.brandId, scene.campaignId, scene.promos[0]!.id],
  );
});
afterAll(() => app.close());

async function begin(): Promise<void> {
  await app.asOwner(
    'TRUNCATE players, fraud_signals, player_activity, deposits, deposit_listings, activity_corrections, fact_changes',
  );
  const player = { tag: VISIT, user_id: 'p-1', sign_up_at: '2026-10-05T09:00:00Z' };
  await unitOfWork.run((tx) => app.app.get(SyncPlayers).record(tx, scene.brandId, [player]));
  told.length = 0;
}
beforeEach(begin);

function report(fields: object, hour = HOUR): Promise<BatchReport> {
  const head = { brandId: scene.brandId, brandCurrency: 'EUR', ...hour };
  const item = { user_id: 'p-1', currency: 'EUR', ...fields };
  return unitOfWork.run((tx) => app.app.get(SyncActivity).record(tx, head, [item]));
}

/** A list of deposits, a minute apart and named by their places unless a name is given. */
const list = (cents: readonly number[], name = 'd') => ({
  deposits: cents.map((amount_cents, place) => ({
    deposit_id: `${name}-${place}`,
    amount_cents,
    processed_at: new Date(HOUR.from.getTime() + place * 60_000).toISOString(),
  })),
});

const sums = (): Promise<unknown> =>
  app.db.query('SELECT deposits_sum, deposits_count FROM player_activity ORDER BY interval_from');
const firstDeposit = (): Promise<unknown> =>
  app.db.query(
    `SELECT d.amount_minor, p.first_deposit_minor FROM deposits d JOIN players p ON p.id = d.player_id WHERE d.is_first`,
  );

const FIRST: [string, string][] = [
  ['first_deposit', '5000'],
  ['deposit', '5000'],
];

describe('A07 a sum of deposits that nobody counted', () => {
  it.each<[string, object]>([
    ['alone', {}],
    ['beside an empty list', { deposits: [] }],
  ])('is one deposit, %s', async (_, more) => {
    const item = { ...more, deposits_sum_cents: '5000' };
    expect(await report(item)).toMatchObject({ accepted: 1 });
    expect(await sums()).toEqual([{ deposits_sum: '5000', deposits_count: '1' }]);
    expect(await firstDeposit()).toEqual([{ amount_minor: '5000', first_deposit_minor: '5000' }]);
    expect(told).toEqual(FIRST);
    expect(await report(item)).toMatchObject({ duplicate: 1 });
    expect(told).toEqual(FIRST);
  });

  it.each<[string, object]>([
    ['zero', { deposits_sum_cents: 0 }],
    ['nothing', {}],
    ['an empty list', { deposits: [] }],
  ])('is none any more when it is corrected to %s', async (_, correction) => {
    await report({ deposits_sum_cents: '5000' });
    expect(await report(correction)).toMatchObject({ corrected: 1 });
    expect(await sums()).toEqual([{ deposits_sum: '0', deposits_count: '0' }]);
    expect(await firstDeposit()).toEqual([]);
  });

  it('is refused where the brand says that there were none', async () => {
    const { items } = await report({ deposits_sum_cents: 1, deposits_count: 0 });
    expect(items).toMatchObject([{ code: 'INVALID_FIELD' }]);
    expect(items[0]!.message).toMatch(/^deposits_count: must be at least 1/);
  });
});

describe('A07 money of deposits is told once, first as a sum, then one by one', () => {
  it.each<[string, number[], string[]]>([
    ['the same in one', [5_000], []],
    ['the same in two', [2_500, 2_500], []],
    ['less', [2_000, 1_000], []],
    ['one more', [5_000, 3_000], ['3000']],
    ['one more, earlier', [3_000, 5_000], ['3000']],
    ['one larger and one smaller', [4_000, 2_000], ['1000']],
    ['one that is larger', [6_000], ['1000']],
    ['one of nothing', [0, 5_000], []],
  ])('%s', async (_, cents, news) => {
    await report({ deposits_sum_cents: 5_000, deposits_count: 2 });
    expect(told).toEqual(FIRST);
    await report(list(cents));
    expect(told.slice(FIRST.length)).toEqual(news.map((amount) => ['deposit', amount]));
    const first = String(cents.find((amount) => amount > 0));
    expect(await firstDeposit()).toEqual([{ amount_minor: first, first_deposit_minor: first }]);
    const total = cents.reduce((sum, amount) => sum + amount, 0);
    expect(await sums()).toEqual([
      { deposits_sum: String(total), deposits_count: String(cents.filter(Boolean).length) },
    ]);
  });

  it('and the other way round', async () => {
    await report(list([5_000]));
    await report({ deposits_sum_cents: 8_000 });
    expect(told).toEqual([...FIRST, ['deposit', '3000']]);
  });

  it('but a deposit by another name is another one', async () => {
    await report(list([5_000]));
    await report(list([5_000], 'other'));
    expect(told).toEqual([...FIRST, ['deposit', '5000']]);
  });

  it('adds up to what the last report says, whatever the amounts were', async () => {
    const amounts = fc.array(fc.nat(9_999), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(amounts, amounts, async (before, after) => {
        await begin();
        const sum = (all: readonly number[]): number => all.reduce((total, cents) => total + cents, 0);
        await report({ deposits_sum_cents: sum(before), deposits_count: before.length });
        await report(list(after));
        const money = told.filter(([action]) => action === 'deposit').map(([, amount]) => Number(amount));
        expect(sum(money)).toBe(Math.max(sum(before), sum(after)));
        const firsts = told.filter(([action]) => action === 'first_deposit');
        expect(firsts).toHaveLength(sum(before) + sum(after) > 0 ? 1 : 0);
      }),
      { numRuns: 40 },
    );
  });
});

describe('A07 a deposit of nothing', () => {
  it('is none: it is not told, and the next one is the first', async () => {
    await report(list([0]));
    expect([await sums(), await firstDeposit(), told]).toEqual([
      [{ deposits_sum: '0', deposits_count: '0' }],
      [],
      [],
    ]);
    await report(list([0, 5_000]));
    expect(await sums()).toEqual([{ deposits_sum: '5000', deposits_count: '1' }]);
    expect(await firstDeposit()).toEqual([{ amount_minor: '5000', first_deposit_minor: '5000' }]);
    expect(told).toEqual(FIRST);
  });

  it('is one, and told, when it is corrected to something', async () => {
    await report(list([0]));
    await report(list([5_000]));
    expect(await sums()).toEqual([{ deposits_sum: '5000', deposits_count: '1' }]);
    expect(await firstDeposit()).toEqual([{ amount_minor: '5000', first_deposit_minor: '5000' }]);
    expect(told).toEqual(FIRST);
  });

  it('is what a deposit may be corrected to: the next one is then the first', async () => {
    await report(list([5_000, 3_000]));
    expect(await report(list([0, 3_000]))).toMatchObject({ corrected: 1 });
    expect(await firstDeposit()).toEqual([{ amount_minor: '3000', first_deposit_minor: '3000' }]);
    await report(list([0, 0]));
    expect([await sums(), await firstDeposit()]).toEqual([[{ deposits_sum: '0', deposits_count: '0' }], []]);
    expect(await app.db.query('SELECT first_deposit_at FROM players')).toEqual([{ first_deposit_at: null }]);
  });

  it('counts nowhere, whichever interval corrects it', async () => {
    const other = { from: HOUR.to, to: new Date('2026-10-10T12:00:00Z') };
    await report(list([5_000]));
    await report(list([0]), other);
    expect(await sums()).toEqual([
      { deposits_sum: '0', deposits_count: '0' },
      { deposits_sum: '0', deposits_count: '0' },
    ]);
    await report(list([700]), other);
    expect(await sums()).toEqual([
      { deposits_sum: '700', deposits_count: '1' },
      { deposits_sum: '0', deposits_count: '0' },
    ]);
  });
});
