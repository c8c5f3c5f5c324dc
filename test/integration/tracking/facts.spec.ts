import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACTIVITY_COLUMNS, type ActivityColumn, type ColumnGroup } from '../../../src/commissions/index.js';
import { databaseUrlOf, UnitOfWork } from '../../../src/platform/index.js';
import { type ChangedFactsView, type ChangedPartner, FactsService } from '../../../src/tracking/index.js';
import { Partitions } from '../../../src/tracking/partitions.service.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { makeTrackingScene, signedHeaders, type TrackingScene } from '../../support/tracking-scene.js';

const VISIT = '019a4c3e-7b1a-7c3d-8e4f-5a6b7c8d9e0f';
const OCTOBER = { start: new Date('2026-10-01T00:00:00Z'), end: new Date('2026-11-01T00:00:00Z') };
const NOVEMBER = { start: OCTOBER.end, end: new Date('2026-12-01T00:00:00Z') };

const alone = (column: ActivityColumn): ColumnGroup => ({ column, terms: [{ column, sign: 1 }] });

let app: TestApp;
let scene: TrackingScene;
let facts: FactsService;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  scene = await makeTrackingScene(databaseUrlOf(app.db));
  facts = app.app.get(FactsService);
  await app.db.query(
    `INSERT INTO visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, query)
     VALUES ($1, $2, $3, $4, $5, now(), '{"clickid":"c-1"}')`,
    [VISIT, scene.partnerId, scene.brandId, scene.campaignId, scene.promos[0]!.id],
  );
  await sync('players', {
    players: [
      { tag: VISIT, user_id: 'early', sign_up_at: '2026-09-01T00:00:00Z', country: 'DE' },
      { tag: VISIT, user_id: 'late', sign_up_at: '2026-11-05T00:00:00Z', disabled: true },
    ],
  });
  await play('early', '2026-10-31T23:00:00Z', 100);
  await play('early', '2026-11-01T00:00:00Z', 10);
});
afterAll(() => app.close());

async function sync(what: string, body: object): Promise<void> {
  const text = JSON.stringify(body);
  const headers = signedHeaders(scene, text);
  const response = await fetch(`${app.url}/api/sync/v1/${what}`, { method: 'POST', body: text, headers });
  expect(await response.json()).toMatchObject({ rejected: 0 });
}

function play(userId: string, from: string, bets: number): Promise<void> {
  const to = new Date(Date.parse(from) + 3_600_000).toISOString();
  const deposits = [{ deposit_id: from, amount_cents: bets * 2, processed_at: from }];
  const items = [{ user_id: userId, currency: 'EUR', bets_sum_cents: bets, deposits }];
  return sync('activity', { from, to, items });
}

describe('facts for billing', () => {
  /** Works with what changed on the plan before an instant, as it stands now. */
  async function withChanges<T>(before: Date, work: (view: ChangedFactsView) => Promise<T>): Promise<T> {
    const query = { planId: scene.planId, before, laterFor: new Map<string, Date>(), belowPartnerId: null };
    const view = await facts.changes(query);
    try {
      return await work(view);
    } finally {
      await view.close();
    }
  }

  const changed = (before: Date): Promise<ChangedPartner[]> => withChanges(before, (view) => view.take(10));

  /** Claims what the partners were seen with, unless somebody has claimed a part of it; gives the earliest changes. */
  const claim = (partners: ChangedPartner[]): Promise<Date[]> =>
    app.app.get(UnitOfWork).run(async (tx) => {
      const unclaimed = await facts.unclaimed(tx, partners);
      await facts.claim(tx, unclaimed);
      return unclaimed.map(({ earliest }) => earliest);
    });

  it('sum activity per period and promo', async () => {
    const empty = { start: NOVEMBER.end, end: new Date('2027-01-01T00:00:00Z') };
    const [partner] = await withChanges(empty.end, (view) => {
      view.sumActivity({ periods: [OCTOBER, NOVEMBER, empty], groups: ACTIVITY_COLUMNS.map(alone) });
      return view.take(10);
    });
    const promo = { campaignId: scene.campaignId, promoId: scene.promos[0]!.id };
    expect(partner?.activity).toMatchObject([
      { period: 0, ...promo, sums: { bets_sum: 100n, deposits_sum: 200n, deposits_count: 1n } },
      { period: 1, ...promo, sums: { bets_sum: 10n, deposits_sum: 20n } },
    ]);
  });

  it('give players who did anything in the time, with all they did before its end', async () => {
    const players = ({ start, end }: typeof OCTOBER, wager = true, depositsAtLeastMinor = 0n) =>
      facts.playersForQualification(
        app.db.manager,
        { planId: scene.planId },
        [{ partnerId: scene.partnerId, from: start, to: end }],
        { deposits: true, wager, depositsAtLeastMinor },
      );
    const october = await players(OCTOBER);
    expect(october).toMatchObject([
      {
        country: 'DE',
        disabled: false,
        fraudulent: false,
        settled: false,
        deposits: [{ at: new Date('2026-10-31T23:00:00Z'), amountMinor: 200n }],
        activity: [{ at: new Date('2026-10-31T23:00:00Z'), betsMinor: 100n }],
      },
    ]);
    const ids = october.map(({ playerId }) => playerId);
    const origins = await facts.originsOf(app.db.manager, ids);
    const { partnerId, campaignId } = scene;
    const owner = { partnerId, campaignId, promoId: scene.promos[0]!.id };
    expect([...origins.values()]).toEqual([
      { ...owner, externalId: 'early', visitId: VISIT, country: 'DE', query: { clickid: 'c-1' } },
    ]);
    const november = await players(NOVEMBER);
    expect(november.map(({ disabled, deposits }) => [disabled, deposits.length])).toEqual([
      [false, 2],
      [true, 0],
    ]);
    expect(await players(OCTOBER, true, 200n)).toHaveLength(1);
    expect(await players(OCTOBER, true, 1_000n)).toEqual([]);
    expect((await players(OCTOBER, false)).map(({ activity }) => activity)).toEqual([[]]);
  });

  it('list changes once: they are claimed with the transaction, up to an instant', async () => {
    expect(await changed(new Date('2026-09-01T00:00:00Z'))).toEqual([]);
    expect(await facts.countPartnersWithChanges(scene.planId, new Date('2026-09-01T00:00:00Z'))).toBe(0);
    const seen = await changed(OCTOBER.end);
    expect(seen).toMatchObject([{ partnerId: scene.partnerId, earliest: new Date('2026-09-01T00:00:00Z') }]);
    expect(await facts.countPartnersWithChanges(scene.planId, OCTOBER.end)).toBe(1);
    expect(await claim(seen)).toEqual([new Date('2026-09-01T00:00:00Z')]);
    expect(await claim(seen)).toEqual([]);
    expect(await changed(OCTOBER.end)).toEqual([]);
    expect(await claim(await changed(NOVEMBER.end))).toEqual([NOVEMBER.start]);
  });

  it('that somebody else claimed a part of are left alone, with those that came since', async () => {
    await play('early', '2026-11-02T00:00:00Z', 5);
    const first = await changed(NOVEMBER.end);
    await play('early', '2026-11-03T00:00:00Z', 5);
    const second = await changed(NOVEMBER.end);
    expect(await claim(first)).toHaveLength(1);
    expect(await claim(second)).toEqual([]);
    expect(await claim(await changed(NOVEMBER.end))).toEqual([new Date('2026-11-03T00:00:00Z')]);
  });

  it('are off the list also when they fell into the last quarter before the instant', async () => {
    await play('early', '2026-12-31T23:59:00Z', 5);
    const before = new Date('2027-01-01T00:00:00Z');
    expect(await claim(await changed(before))).toEqual([new Date('2026-12-31T23:45:00Z')]);
    expect(await changed(before)).toEqual([]);
  });

  it('of a moment do not show what came later', async () => {
    await play('early', '2026-11-04T00:00:00Z', 5);
    const sums = await withChanges(NOVEMBER.end, async (view) => {
      view.sumActivity({ periods: [NOVEMBER], groups: [alone('bets_sum')] });
      await play('early', '2026-11-05T00:00:00Z', 1_000);
      return (await view.take(10))[0]!.activity;
    });
    expect(sums).toMatchObject([{ sums: { bets_sum: 25n } }]);
    await claim(await changed(NOVEMBER.end));
  });

  it('are not changed by what no qualification looks at', async () => {
    const early = { tag: VISIT, user_id: 'early', sign_up_at: '2026-09-01T00:00:00Z', country: 'DE' };
    await sync('players', { players: [{ ...early, nickname: 'E', email: 'e@example.com' }] });
    expect(await changed(NOVEMBER.end)).toEqual([]);
    await sync('players', { players: [{ ...early, self_excluded: true }] });
    expect(await changed(NOVEMBER.end)).toMatchObject([{ partnerId: scene.partnerId }]);
  });
});

describe('partitions', () => {
  const partitionsOf = async (table: string): Promise<string[]> => {
    const rows = await app.db.query<{ name: string }[]>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1`,
      [table],
    );
    return rows.map(({ name }) => name);
  };

  it('are there for today and the seven days to come', async () => {
    const days = ['02', '03', '04', '05', '06', '07', '08', '09'].map((day) => `visits_202611${day}`);
    expect(await partitionsOf('visits')).toEqual([...days, 'visits_default']);
  });

  it('take over what the default partition held, however many make them at once', async () => {
    expect(await app.db.query('SELECT count(*)::int AS count FROM visits_default')).toEqual([{ count: 1 }]);
    const day = new Date(parseInt(VISIT.replaceAll('-', '').slice(0, 12), 16));
    const partitions = app.app.get(Partitions);
    await Promise.all(Array.from({ length: 5 }, () => partitions.ensureVisitDays(day, 1)));
    expect(await app.db.query('SELECT count(*)::int AS count FROM visits_default')).toEqual([{ count: 0 }]);
    expect(await app.db.query('SELECT count(*)::int AS count FROM visits')).toEqual([{ count: 1 }]);
  });
});

it('keeps exactly the sums and counts that commissions are made of', async () => {
  const columns = await app.db.query<{ name: string }[]>(
    `SELECT attname AS name FROM pg_attribute
      WHERE attrelid = 'player_activity'::regclass AND atttypid = 'bigint'::regtype AND attnum > 0`,
  );
  expect(columns.map(({ name }) => name).sort()).toEqual([...ACTIVITY_COLUMNS].sort());
});
