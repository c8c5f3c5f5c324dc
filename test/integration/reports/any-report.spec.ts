import fc from 'fast-check';
import { DateTime } from 'luxon';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseUrlOf, Decimal, Ids, UnitOfWork, uuidV7Floor } from '../../../src/platform/index.js';
import type { Cell } from '../../../src/reports/domain/report-answer.js';
import { Reports } from '../../../src/reports/reports.service.js';
import { RollupsCheck } from '../../../src/reports/rollups/rollups-check.service.js';
import { Rollups } from '../../../src/reports/rollups/rollups.service.js';
import { SyncActivity } from '../../../src/tracking/sync-activity.service.js';
import { SyncPlayers } from '../../../src/tracking/sync-players.service.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { makeTrackingScene, type TrackingScene } from '../../support/tracking-scene.js';
import { dayOf, EXPECTED_COLUMNS, instantOf, type RawFact, readRawFacts } from './raw-facts.js';

/** The program's days begin at midnight in Berlin, which puts its clocks back on 25 October. */
const ZONE = 'Europe/Berlin';
const HOUR_MS = 3_600_000;
const START = Date.parse('2026-09-28T00:00:00Z');
const HOURS = 34 * 24;
const RATE = { EUR: '1', JPY: '162.5' } as const;

let app: TestApp;
let scenes: TrackingScene[];

beforeAll(async () => {
  app = await createTestApp({ background: false, env: { PROGRAM_TIME_ZONE: ZONE } });
  app.clock.set('2026-11-20T12:00:00Z');
  const url = databaseUrlOf(app.db);
  scenes = [await makeTrackingScene(url, { promos: 2 }), await makeTrackingScene(url, { promos: 2, currency: 'JPY' }),
    await makeTrackingScene(url, { promos: 1 })]; // prettier-ignore
  // The first partner has a campaign with the second brand as well.
  for (const table of ['campaigns', 'promos']) {
    await app.db.query(`UPDATE ${table} SET partner_id = $1 WHERE partner_id = $2`, [
      scenes[0]!.partnerId,
      scenes[1]!.partnerId,
    ]);
  }
  await app.db.query(
    `INSERT INTO exchange_rates (id, day, currency, source, per_euro, entered_at)
     VALUES (gen_random_uuid(), '2026-11-01', 'JPY', 'ecb', $1, now())`,
    [RATE.JPY],
  );
  await app.db.query(`UPDATE visit_passes SET seen_up_to = 'ffffffff-ffff-ffff-ffff-ffffffffffff'`);
});
afterAll(() => app.close());

const SHARE = { type: 'revshare', base: 'ngr', tierMode: 'flat', tiers: [{ fromMinor: '0', rateBps: 2500 }] };
const CPA = { type: 'cpa', amountMinor: '5000', criteria: {} };

/** Empties what earlier runs have left. */
async function begin(): Promise<void> {
  await app.asOwner(
    `SET session_replication_role = replica;
     TRUNCATE visits, players, player_activity, deposits, deposit_listings, activity_corrections, fact_changes,
       sync_batches, bills, bill_lines, player_qualifications, commission_plan_versions, report_marks CASCADE;
     SET session_replication_role = origin`,
  );
  for (const { planId } of scenes) await addVersion(planId, 1, 500, null);
  await app.app.get(Rollups).forget();
}

async function addVersion(planId: string, version: number, bps: number, from: Date | null): Promise<void> {
  await app.db.query(
    `INSERT INTO commission_plan_versions (id, plan_id, version, strategies, admin_fee_bps, negative_carry_over,
                                           effective_from, created_at)
     VALUES (gen_random_uuid(), $1, $2, $3, $4, true, $5, now())`,
    [planId, version, JSON.stringify(version % 2 === 1 ? [CPA, SHARE] : [SHARE]), bps, from],
  );
  await app.db.query('UPDATE commission_plans SET current_version = $2 WHERE id = $1', [planId, version]);
}

const at = (hour: number): Date => new Date(START + hour * HOUR_MS);
const hour = fc.nat(HOURS);
const place = fc.record({ scene: fc.nat(2), promo: fc.nat(1), player: fc.nat(2), hour });

type Step = (run: { versions: number }) => Promise<void>;

const visit = place.map(({ scene, promo, hour: hours, player }): Step => async () => {
  // A visit is never of a day that is long over.
  const [{ before }] = await app.db.query<[{ before: string | null }]>('SELECT visits_before::text AS before FROM report_rollups');
  const closed = before === null ? 0 : DateTime.fromISO(before, { zone: ZONE }).toMillis();
  await storeVisit(scenes[scene]!, promo, new Date(Math.max(at(hours).getTime(), closed)), player === 0);
}); // prettier-ignore

async function storeVisit(scene: TrackingScene, promo: number, time: Date, bot: boolean): Promise<string> {
  const id = uuidV7Floor(time).slice(0, -12) + app.app.get(Ids).next().slice(-12);
  const { id: promoId } = scene.promos[promo % scene.promos.length]!;
  await app.db.query(
    `INSERT INTO visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, query, country, bot)
     SELECT $1, partner_id, brand_id, campaign_id, id, $3, $4, $5, $6 FROM promos WHERE id = $2`,
    [id, promoId, time, bot ? {} : { clickid: `c-${promo}` }, bot ? null : 'DE', bot],
  );
  return id;
}

const sync = async (scene: TrackingScene, player: number, promo: number, hours: number, duplicate: boolean): Promise<void> => {
  const [known] = await app.db.query<{ visit_id: string }[]>('SELECT visit_id FROM players WHERE brand_id = $1 AND external_id = $2', [
    scene.brandId, `p-${player}`]);
  const visitedAt = app.clock.now();
  const tag = known?.visit_id ?? await storeVisit(scene, promo, visitedAt, false);
  const item = { user_id: `p-${player}`, sign_up_at: at(hours).toISOString(), country: player === 0 ? 'AT' : 'DE', duplicate, tag };
  const report = await app.app.get(UnitOfWork).run((tx) => app.app.get(SyncPlayers).record(tx, scene.brandId, [item]));
  expect(report.rejected, JSON.stringify(report)).toBe(0);
}; // prettier-ignore

const register = fc.tuple(place, fc.boolean()).map(([{ scene, promo, player, hour: hours }, duplicate]): Step => () =>
  sync(scenes[scene]!, player, promo, hours, duplicate)); // prettier-ignore

const play = fc
  .record({ place, bets: fc.nat(99_999), wins: fc.nat(50_000), bonus: fc.nat(999), deposits: fc.array(fc.record({ cents: fc.nat(9_999), id: fc.nat(3) }), { maxLength: 2 }) })
  .map(({ place: { scene: index, player, promo, hour: hours }, bets, wins, bonus, deposits }): Step => async () => {
    const scene = scenes[index]!;
    await sync(scene, player, promo, 5, false);
    const from = at(hours);
    const head = { brandId: scene.brandId, brandCurrency: index === 1 ? 'JPY' : 'EUR', from, to: new Date(from.getTime() + HOUR_MS) };
    const item = { user_id: `p-${player}`, currency: head.brandCurrency, bets_sum_cents: bets, wins_sum_cents: wins, bonus_issues_sum_cents: bonus,
      deposits: [...new Map(deposits.map((each) => [each.id, each])).values()].map(({ id, cents }) => ({
        deposit_id: `${player}-${id}`, amount_cents: cents + 1, processed_at: new Date(from.getTime() + id * 60_000).toISOString() })) };
    const activity = app.app.get(SyncActivity);
    const report = await app.app.get(UnitOfWork).run((tx) => activity.record(tx, head, [item]));
    expect(report.rejected, JSON.stringify(report)).toBe(0);
  }); // prettier-ignore

const reprice = fc.tuple(place, fc.nat(2_000), fc.boolean()).map(([{ scene, hour: hours }, bps, waits]): Step => async (run) => {
  run.versions += 1;
  await addVersion(scenes[scene]!.planId, run.versions, bps, waits ? new Date('2026-12-01') : at(hours));
}); // prettier-ignore

const bill = fc.tuple(place, fc.boolean()).map(([{ scene: index, promo, player, hour: hours }, cancelled]): Step => async () => {
  const { planId, brandId, campaignId, promos } = scenes[index]!;
  const day = at(hours).toISOString().slice(0, 10);
  await app.app.get(UnitOfWork).run(async (tx) => {
    const runId = app.app.get(Ids).next();
    const id = app.app.get(Ids).next();
    await tx.query(`INSERT INTO bill_runs (id, plan_id, through, source, state, created_at, finished_at) VALUES ($1, $2, $3, 'command', 'finished', now(), now())`, [runId, planId, day]);
    const made = await tx.query<unknown[]>(
      `INSERT INTO bills (id, partner_id, plan_id, plan_version, brand_id, currency, period_start, period_end, time_zone, first_day, last_day, state,
                          issued_minor, payable_minor, run_id, created_at)
       SELECT $1, c.partner_id, $2, 1, $3, b.currency, $4::date, $4::date + 1, 'UTC', $4::date, $4::date, 'pending', 300, 300, $5, now()
         FROM campaigns c JOIN brands b ON b.id = $3 WHERE c.id = $6 ON CONFLICT DO NOTHING RETURNING id`,
      [id, planId, brandId, day, runId, campaignId]);
    if (made.length === 0) return;
    for (const [place, amount] of [[0, 100], [1, 350], [2, -150]] as const) {
      await tx.query(
        `INSERT INTO bill_lines (id, bill_id, partner_id, plan_id, position, kind, period_start, line_key, strategy, campaign_id, promo_id, quantity,
                                 base_minor, amount_minor, explanation)
         SELECT gen_random_uuid(), $1, b.partner_id, b.plan_id, $2, $3, b.period_start, $4, $5, $6, $7, 1, 10, $8, '{}' FROM bills b WHERE b.id = $1`,
        [id, place, place === 2 ? 'not_carried' : 'period', place === 2 ? 'not_carried' : `${place}:${campaignId}:${promo}`,
          [player === 0 ? 'sale' : 'cpa', 'revshare', null][place], place === 2 ? null : campaignId, place === 2 ? null : promos[0]!.id, amount]);
    }
  });
  if (cancelled) await app.db.query(`UPDATE bills SET state = 'cancelled', cancel_reason = 'x', processed_at = now() WHERE plan_id = $1 AND last_day = $2 AND state = 'pending'`, [planId, day]);
}); // prettier-ignore

const qualify = fc.tuple(place, fc.boolean()).map(([{ scene: index, player, hour: hours }, revoked]): Step => async () => {
  await app.db.query(
    `INSERT INTO player_qualifications (plan_id, player_id, partner_id, campaign_id, promo_id, period_start, qualified_at)
     SELECT $1, id, partner_id, campaign_id, promo_id, $3, $3 FROM players WHERE brand_id = $2 AND external_id = $4
     ON CONFLICT (plan_id, player_id) DO UPDATE SET revoked_at = CASE WHEN $5 THEN now() END`,
    [scenes[index]!.planId, scenes[index]!.brandId, at(hours), `p-${player}`, revoked]);
}); // prettier-ignore

/** Some of what is to be summed is summed; sometimes all of it. */
const sum = fc.integer({ min: 1, max: 60 }).map((pieces): Step => async () => {
  for (let piece = 0; piece < pieces && (await app.app.get(Rollups).goOn()); piece += 1);
}); // prettier-ignore

const steps = fc.array(
  fc.oneof({ arbitrary: visit, weight: 2 }, { arbitrary: play, weight: 4 }, register, reprice, bill, qualify, { arbitrary: sum, weight: 3 }),
  { minLength: 3, maxLength: 14 },
); // prettier-ignore

const PERIODS = ['day', 'week', 'month', 'year'] as const;
const KEYS = ['brand', 'campaign', 'promo', 'strategy', 'partner'] as const;

/** A report, for which sums may do or may not. */
const question = fc.record({
  columns: fc.subarray(Object.keys(EXPECTED_COLUMNS), { minLength: 1, maxLength: 6 }),
  period: fc.option(fc.constantFrom(...PERIODS)),
  keys: fc.subarray([...KEYS], { maxLength: 2 }),
  fine: fc.oneof({ arbitrary: fc.constant(null), weight: 5 }, fc.constantFrom('player', 'player_country', 'dynamic_tag_clickid')),
  days: fc.oneof(fc.constant([0, HOURS / 24] as const), fc.tuple(fc.nat(20), fc.integer({ min: 20, max: 33 })), fc.constant('october' as const)),
  hours: fc.option(fc.tuple(fc.nat(23), fc.nat(23))),
  zone: fc.oneof({ arbitrary: fc.constant(ZONE), weight: 4 }, fc.constantFrom('UTC', 'America/New_York')),
  own: fc.boolean(),
  brand: fc.option(fc.nat(2)),
  country: fc.oneof({ arbitrary: fc.constant(null), weight: 5 }, fc.constant('DE')),
  convert: fc.boolean(),
}); // prettier-ignore
type Question = typeof question extends fc.Arbitrary<infer T> ? T : never;

/** What the question's query is. */
function queryOf(q: Question): Record<string, string | string[]> {
  const [first, last] =
    q.days === 'october'
      ? ['2026-10-01', '2026-10-31']
      : [...q.days].map((day) => at(Math.floor(day) * 24).toISOString().slice(0, 10)); // prettier-ignore
  const hours = q.hours?.toSorted((a, b) => a - b).map((each) => String(each).padStart(2, '0'));
  return {
    from: hours ? `${first}T${hours[0]}:00:00Z` : first!,
    to: hours ? `${last}T${hours[1]}:30:00Z` : last!,
    time_zone: q.zone,
    columns: q.columns,
    group_by: groupersOf(q),
    ...(q.brand !== null && { brand_ids: scenes[q.brand]!.brandId }),
    ...(q.country !== null && { countries: q.country }),
    ...(q.convert && { conversion_currency: 'EUR', exchange_rates_date: '2026-11-01' }),
  };
}

function groupersOf(q: Question): string[] {
  const keys = q.own ? q.keys.filter((key) => key !== 'partner') : q.keys;
  return [...keys, ...(q.period ? [q.period] : []), ...(q.fine ? [q.fine] : [])];
}

/** When the range of the query begins and ends; days do by the clocks of the zone. */
function rangeOf(q: Question): [from: number, before: number] {
  const { from, to } = queryOf(q) as { from: string; to: string };
  const [first, last] = [from, to].map((text) => DateTime.fromISO(text, { zone: q.zone }));
  return [first!.toMillis(), last!.plus({ days: q.hours ? 0 : 1 }).toMillis()];
}

/** What the report must say: rows and totals, as texts. */
function expectedAnswer(facts: readonly RawFact[], q: Question): { rows: string[]; totals: string[] } {
  const [from, before] = rangeOf(q);
  const columns = q.columns.map((name) => EXPECTED_COLUMNS[name]!);
  const sources = new Set(columns.flatMap((column) => column.sources));
  const counted = facts.filter((fact) => {
    const time = instantOf(fact, q.zone);
    const own = Object.keys(fact.sums).some((name) => sources.has(name));
    return (
      (own || (sources.has('depositors') && fact.depositor !== null)) &&
      time >= from && time < before && (!q.own || fact.partner === scenes[0]!.partnerId) &&
      (q.brand === null || fact.brand === scenes[q.brand]!.brandId) && (q.country === null || fact.country === q.country)
    );
  }); // prettier-ignore
  const hasMoney = columns.some(({ money }) => money);
  const groups = (fact: RawFact): (string | null)[] => groupersOf(q).map((name) => {
    const day = DateTime.fromISO(dayOf(fact, q.zone), { zone: 'utc' });
    const period = PERIODS.find((unit) => unit === name);
    if (period) return day.startOf(period).toISODate();
    const values: Record<string, string | null> = { ...fact, at: null, sums: null, player_country: fact.country, dynamic_tag_clickid: fact.clickid };
    return values[name] ?? null;
  }); // prettier-ignore
  const shown = (keyOf: (fact: RawFact) => (string | null)[]): string[] => {
    const byKey = new Map<string, RawFact[]>();
    for (const fact of counted) {
      const currency = !hasMoney ? 'N/A' : q.convert ? 'EUR' : fact.currency;
      const key = JSON.stringify([...keyOf(fact), currency]);
      byKey.set(key, [...(byKey.get(key) ?? []), fact]);
    }
    return [...byKey].map(([key, own]) => {
      const total = (name: string, money: boolean): Decimal =>
        name === 'depositors'
          ? new Decimal(new Set(own.flatMap(({ depositor }) => depositor ?? [])).size)
          : own.reduce((sum, fact) => sum.add(amountOf(fact, name, money && q.convert)), new Decimal(0));
      const values = columns.map(({ of, by, factor, money }) => {
        const value = total(of, money);
        const divisor = by === undefined ? new Decimal(1) : total(by, false);
        const exact = divisor.isZero() ? new Decimal(0) : value.mul((factor ?? 1n).toString()).div(divisor);
        return exact.toDecimalPlaces(20).toDecimalPlaces(money ? 0 : 2).toFixed();
      }); // prettier-ignore
      return `${key} ${values.join(' ')}`;
    });
  };
  return { rows: shown(groups).sort(), totals: shown(() => []).sort() };
}

function amountOf({ sums, currency }: RawFact, name: string, converted: boolean): Decimal {
  const value = new Decimal((sums[name] ?? 0n).toString()).div(10_000);
  // A yen has no smaller unit, a euro a hundred.
  return converted && currency === 'JPY' ? value.mul(100).div(RATE.JPY) : value;
}

/** What the report says, in the same form: a page of it, and the whole. */
async function answers(q: Question): Promise<{ rows: string[]; totals: string[] }[]> {
  const reports = app.app.get(Reports);
  const request = reports.request(queryOf(q), q.own ? 'partner' : 'operator');
  const scope = { partnerId: q.own ? scenes[0]!.partnerId : null };
  const text = (cells: Cell[]): string => {
    const keys = cells.slice(0, cells.length - q.columns.length - 1).map(({ value }) => value);
    const values = cells.slice(keys.length, -1).map(({ value }) =>
      typeof value === 'object' && value !== null ? value.amount_cents : new Decimal(value ?? 0).toFixed());
    return `${JSON.stringify([...keys, cells.at(-1)!.value])} ${values.join(' ')}`;
  }; // prettier-ignore
  const page = await reports.page(scope, { ...request, perPage: 1_000 });
  expect(page.total_count).toBe(page.rows.data.length);
  return app.db.transaction('REPEATABLE READ', async (tx) => {
    const whole = await reports.whole(tx, scope, request);
    const rows = await tx.query<Record<string, string>[]>(whole.rows.text, [...whole.rows.values]);
    const cells = rows.map((row) => whole.toCells(Object.values(row)));
    return [
      { rows: page.rows.data.map(text).sort(), totals: page.totals.data.map(text) },
      { rows: cells.map(text).sort(), totals: (await whole.totals()).map(text) },
    ];
  });
}

describe('A15 A18 any report', () => {
  it('says what the raw facts add up to, whatever is summed ahead and corrected since (property)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(steps, fc.array(question, { minLength: 2, maxLength: 4 })), { minLength: 1, maxLength: 3 }), async (chapters) => {
        await begin();
        const run = { versions: 1 };
        for (const [story, questions] of chapters) {
          for (const step of story) await step(run);
          const facts = await readRawFacts(app.db, app.clock.now());
          for (const q of questions) {
            const { rows, totals } = expectedAnswer(facts, q);
            for (const said of await answers(q)) {
              expect(said.rows).toEqual(rows);
              expect(said.totals.length).toBe(Math.max(1, totals.length));
              if (totals.length > 0) expect(said.totals.sort()).toEqual(totals);
            }
          }
        }
        expect(await app.app.get(RollupsCheck).compare()).toEqual([]);
      }),
      { numRuns: 12, endOnFailure: true, interruptAfterTimeLimit: 40_000 },
    ); // prettier-ignore
  });
});
