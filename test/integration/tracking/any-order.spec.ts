import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseUrlOf, UnitOfWork } from '../../../src/platform/index.js';
import { SyncActivity } from '../../../src/tracking/sync-activity.service.js';
import { SyncPlayers } from '../../../src/tracking/sync-players.service.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { makeTrackingScene, type TrackingScene } from '../../support/tracking-scene.js';

const PLAYERS = 4;
const HOURS = 5;
const VISIT = '019a4c3e-7b1a-7c3d-8e4f-5a6b7c8d9e0f';

interface Interval {
  player: number;
  hour: number;
  bets: number;
  wins: number;
  /** Minutes and cents. */
  deposits: { minute: number; cents: number }[];
  /** Whether deposits come one by one or as their sum. */
  named: boolean;
}

const interval = fc.record<Interval>({
  player: fc.nat(PLAYERS - 1),
  hour: fc.nat(HOURS - 1),
  bets: fc.nat(10_000),
  wins: fc.nat(10_000),
  deposits: fc.array(fc.record({ minute: fc.nat(59), cents: fc.integer({ min: 1, max: 9_999 }) }), { maxLength: 3 }),
  named: fc.boolean(),
}); // prettier-ignore

/** At most one interval per player and hour: what is sent twice is sent alike. */
const facts = fc.uniqueArray(interval, {
  selector: ({ player, hour }) => `${player} ${hour}`,
  minLength: 1,
  maxLength: 12,
});

/** Facts, and an order in which they are sent: some more than once, cut into batches of one hour. */
const history = facts.chain((all) =>
  fc.record({
    all: fc.constant(all),
    sent: fc
      .tuple(fc.shuffledSubarray(all, { minLength: all.length }), fc.array(fc.constantFrom(...all), { maxLength: 8 }))
      .chain(([once, again]) => fc.shuffledSubarray([...once, ...again], { minLength: once.length + again.length })),
    batchSize: fc.integer({ min: 1, max: 6 }),
  }),
); // prettier-ignore

let app: TestApp;
let scene: TrackingScene;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  scene = await makeTrackingScene(databaseUrlOf(app.db));
  await app.db.query(
    `INSERT INTO visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, query) VALUES ($1, $2, $3, $4, $5, now(), '{}')`,
    [VISIT, scene.partnerId, scene.brandId, scene.campaignId, scene.promos[0]!.id],
  );
});
afterAll(() => app.close());

const timeOf = (hour: number, minute = 0): string =>
  new Date(Date.UTC(2026, 9, 10, hour, minute)).toISOString();

function itemOf({ player, hour, bets, wins, deposits, named }: Interval): object {
  const item = { user_id: `p-${player}`, currency: 'EUR', bets_sum_cents: bets, wins_sum_cents: wins };
  if (!named) {
    const sum = deposits.reduce((total, { cents }) => total + cents, 0);
    return { ...item, deposits_count: deposits.length, deposits_sum_cents: sum };
  }
  return {
    ...item,
    deposits: deposits.map(({ minute, cents }, index) => ({
      deposit_id: `${player}-${hour}-${index}`,
      amount_cents: cents,
      processed_at: timeOf(hour, minute),
    })),
  };
}

/** Sends the intervals in their order: neighbours of one hour share a batch, up to `batchSize`. */
async function send(sent: readonly Interval[], batchSize: number): Promise<void> {
  const batches: Interval[][] = [];
  for (const one of sent) {
    const last = batches.at(-1);
    if (last && last[0]!.hour === one.hour && last.length < batchSize) last.push(one);
    else batches.push([one]);
  }
  const activity = app.app.get(SyncActivity);
  for (const batch of batches) {
    const [from, to] = [new Date(timeOf(batch[0]!.hour)), new Date(timeOf(batch[0]!.hour + 1))];
    const head = { brandId: scene.brandId, brandCurrency: 'EUR', from, to };
    const report = await app.app
      .get(UnitOfWork)
      .run((tx) => activity.record(tx, head, batch.map(itemOf))); // prettier-ignore
    expect([report.rejected, report.corrected]).toEqual([0, 0]);
  }
}

async function begin(order: readonly number[]): Promise<void> {
  await app.asOwner(
    'TRUNCATE players, fraud_signals, player_activity, deposits, deposit_listings, activity_corrections, fact_changes',
  );
  const players = order.map((player) => ({
    tag: VISIT,
    user_id: `p-${player}`,
    sign_up_at: timeOf(0, player),
  }));
  for (const player of players) {
    await app.app.get(UnitOfWork).run((tx) => app.app.get(SyncPlayers).record(tx, scene.brandId, [player, player]));
  } // prettier-ignore
}

/** Everything that is kept of the facts, without ids of our own making. */
async function stored(): Promise<unknown> {
  const activity = await app.db.query<unknown[]>(
    `SELECT p.external_id, a.interval_from, a.deposits_sum, a.deposits_count, a.bets_sum, a.wins_sum, a.revision
       FROM player_activity a JOIN players p ON p.id = a.player_id ORDER BY 1, 2`,
  );
  const deposits = await app.db.query<unknown[]>(
    `SELECT replace(d.external_id, d.player_id::text, p.external_id) AS id, d.amount_minor, d.processed_at, d.is_first
       FROM deposits d JOIN players p ON p.id = d.player_id ORDER BY 1`,
  );
  const players = await app.db.query<unknown[]>(
    `SELECT external_id, signed_up_at, first_deposit_at, first_deposit_minor FROM players ORDER BY 1`,
  );
  const changes = await app.db.query<unknown[]>('SELECT DISTINCT occurred_at FROM fact_changes ORDER BY 1');
  return { activity, deposits, players, changes };
}

describe('A07 batches in any order, repetition and splitting', () => {
  it('leave the same facts', async () => {
    await fc.assert(
      fc.asyncProperty(history, async ({ all, sent, batchSize }) => {
        await begin([0, 1, 2, 3]);
        await send([...all].sort((a, b) => a.hour - b.hour || a.player - b.player), 100); // prettier-ignore
        const expected = await stored();
        await begin([3, 1, 0, 2]);
        await send(sent, batchSize);
        expect(await stored()).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });
});

/** What intervals list in turn: a deposit is named by its number, may be listed by several, and dropped again. */
const listings = fc.array(
  fc.record({
    hour: fc.nat(2),
    deposits: fc.uniqueArray(fc.nat(3), { maxLength: 3 }),
    given: fc.constantFrom('nothing', 'sum', 'both'),
  }),
  { minLength: 1, maxLength: 12 },
);

interface Listing {
  hour: number;
  deposits: number[];
  given: string;
}

async function list({ hour, deposits, given }: Listing): Promise<void> {
  const head = { from: new Date(timeOf(hour)), to: new Date(timeOf(hour + 1)) };
  const item = {
    user_id: 'p-0',
    currency: 'EUR',
    ...(given !== 'nothing' && {
      deposits_sum_cents: deposits.reduce((sum, number) => sum + 100 + number, 0),
    }),
    ...(given === 'both' && { deposits_count: deposits.length }),
    deposits: deposits.map((number) => ({
      deposit_id: `d-${number}`,
      amount_cents: 100 + number,
      processed_at: timeOf(0, number),
    })),
  };
  const report = await app.app
    .get(UnitOfWork)
    .run((tx) => app.app.get(SyncActivity).record(tx, { ...scene, brandCurrency: 'EUR', ...head }, [item]));
  expect(report.rejected).toBe(0);
}

/** What counts where, without how it came about. */
async function counted(): Promise<unknown> {
  const activity = await app.db.query<unknown[]>(
    'SELECT interval_from, deposits_sum, deposits_count FROM player_activity ORDER BY 1',
  );
  const columns = 'external_id, amount_minor, interval_from, sum_given, count_given';
  const deposits = await app.db.query<unknown[]>(`SELECT ${columns}, is_first FROM deposits ORDER BY 1`);
  const waiting = await app.db.query<unknown[]>(`SELECT ${columns} FROM deposit_listings ORDER BY 1, 3`);
  const first = await app.db.query<unknown[]>('SELECT first_deposit_at, first_deposit_minor FROM players');
  return { activity, deposits, waiting, first };
}

describe('A07 deposits that intervals list, share and drop', () => {
  it('count as if only the last list of every interval had come, and no totals beside it', async () => {
    await fc.assert(
      fc.asyncProperty(listings, async (all) => {
        await begin([0]);
        for (const one of all) await list(one);
        const actual = await counted();
        await begin([0]);
        for (const one of new Map(all.map((each) => [each.hour, each])).values()) {
          await list({ ...one, given: 'nothing' });
        }
        expect(actual).toEqual(await counted());
      }),
      { numRuns: 60 },
    );
  });
});
