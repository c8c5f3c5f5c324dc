import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACTIVITY_COLUMNS } from '../../../src/commissions/index.js';
import { databaseUrlOf, UnitOfWork } from '../../../src/platform/index.js';
import { FactsService } from '../../../src/tracking/index.js';
import { Partitions } from '../../../src/tracking/partitions.service.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { makeTrackingScene, signedHeaders, type TrackingScene } from '../../support/tracking-scene.js';

const VISIT = '019a4c3e-7b1a-7c3d-8e4f-5a6b7c8d9e0f';
const OCTOBER = { start: new Date('2026-10-01T00:00:00Z'), end: new Date('2026-11-01T00:00:00Z') };
const NOVEMBER = { start: OCTOBER.end, end: new Date('2026-12-01T00:00:00Z') };

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
  it('sum activity per period and promo', async () => {
    const { partnerId, planId } = scene;
    const [october, november, empty] = await app.app.get(UnitOfWork).run((tx) =>
      facts.activityByPromo(tx, { partnerId, planId, periods: [OCTOBER, NOVEMBER, { start: NOVEMBER.end, end: new Date('2027-01-01T00:00:00Z') }] }),
    ); // prettier-ignore
    const promo = { campaignId: scene.campaignId, promoId: scene.promos[0]!.id };
    expect(october).toMatchObject([
      { ...promo, sums: { bets_sum: 100n, deposits_sum: 200n, deposits_count: 1n } },
    ]);
    expect(november).toMatchObject([{ ...promo, sums: { bets_sum: 10n, deposits_sum: 20n } }]);
    expect(empty).toEqual([]);
  });

  it('give players who did anything in the time, with all they did before its end', async () => {
    const { partnerId, planId } = scene;
    const players = (period: typeof OCTOBER) =>
      facts.playersForQualification(app.db.manager, {
        partnerId,
        planId,
        from: period.start,
        to: period.end,
      });
    expect(await players(OCTOBER)).toMatchObject([
      {
        externalId: 'early',
        visitId: VISIT,
        query: { clickid: 'c-1' },
        country: 'DE',
        disabled: false,
        deposits: [{ at: new Date('2026-10-31T23:00:00Z'), amountMinor: 200n }],
        activity: [{ at: new Date('2026-10-31T23:00:00Z'), betsMinor: 100n }],
      },
    ]);
    const november = await players(NOVEMBER);
    expect(
      november.map(({ externalId, disabled, deposits }) => [externalId, disabled, deposits.length]),
    ).toEqual([
      ['early', false, 2],
      ['late', true, 0],
    ]);
  });

  it('list changes once: they are claimed with the transaction, up to an instant', async () => {
    const { partnerId, planId } = scene;
    const waiting = (before: Date): Promise<string[]> =>
      facts.partnersWithChanges(app.db, { planId, before, afterPartnerId: null, limit: 10 });
    expect(await waiting(new Date('2026-09-01T00:00:00Z'))).toEqual([]);
    expect(await waiting(OCTOBER.end)).toEqual([partnerId]);
    const claim = (before: Date): Promise<Date | null> =>
      app.app.get(UnitOfWork).run((tx) => facts.claimChanges(tx, { partnerId, planId, before }));
    expect(await claim(OCTOBER.end)).toEqual(new Date('2026-09-01T00:00:00Z'));
    expect(await claim(OCTOBER.end)).toBeNull();
    expect(await waiting(OCTOBER.end)).toEqual([]);
    expect(await claim(NOVEMBER.end)).toEqual(NOVEMBER.start);
  });

  it('are off the list also when they fell into the last quarter before the instant', async () => {
    const { partnerId, planId } = scene;
    await play('early', '2026-12-31T23:59:00Z', 5);
    const before = new Date('2027-01-01T00:00:00Z');
    const claim = (): Promise<Date | null> =>
      app.app.get(UnitOfWork).run((tx) => facts.claimChanges(tx, { partnerId, planId, before }));
    expect(await claim()).toEqual(new Date('2026-12-31T23:45:00Z'));
    expect(await claim()).toBeNull();
  });

  it('are not changed by what no qualification looks at', async () => {
    const { partnerId, planId } = scene;
    const early = { tag: VISIT, user_id: 'early', sign_up_at: '2026-09-01T00:00:00Z', country: 'DE' };
    const waiting = (): Promise<string[]> =>
      facts.partnersWithChanges(app.db, { planId, before: NOVEMBER.end, afterPartnerId: null, limit: 10 });
    await sync('players', { players: [{ ...early, nickname: 'E', email: 'e@example.com' }] });
    expect(await waiting()).toEqual([]);
    await sync('players', { players: [{ ...early, self_excluded: true }] });
    expect(await waiting()).toEqual([partnerId]);
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
