import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureDayPartitions } from '../../src/platform/index.js';
import { DuplicateVisits } from '../../src/tracking/visits/duplicate-visits.service.js';
import { type VisitFilter, VisitLog } from '../../src/tracking/visits/visit-log.service.js';
import { createTestApp, type TestApp, TestClock } from '../support/app.js';
import { makeTrackingScene, type TrackingScene } from '../support/tracking-scene.js';
import { type BenchServer, median, startBenchServer } from './measure.js';

const DAYS = 4;
const VISITS_A_DAY = 250_000;
const DAY_MS = 24 * 60 * 60 * 1_000;
const FIRST_DAY = Date.parse('2026-11-02T00:00:00Z');
const TRIES = 21;

let server: BenchServer;
let app: TestApp;
let scene: TrackingScene;

beforeAll(async () => {
  server = await startBenchServer();
  const databaseUrl = await server.makeDatabase('visits');
  scene = await makeTrackingScene(databaseUrl, { promos: 100 });
  const clock = new TestClock(new Date(FIRST_DAY + DAYS * DAY_MS).toISOString());
  app = await createTestApp({ databaseUrl, clock, background: false });
  await fill(app.db);
});
afterAll(async () => {
  await app.close();
  await server.stop();
});

/** A million visits of one partner to a hundred promos, even over the days; 1 in 10 is a visitor's second. */
async function fill(source: DataSource): Promise<void> {
  await ensureDayPartitions(source, 'visits', new Date(FIRST_DAY), DAYS);
  const db = source.createQueryRunner();
  await db.query('SET statement_timeout = 0');
  for (let day = 0; day < DAYS; day += 1) {
    await db.query(
      `INSERT INTO visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, ip, user_agent, query,
                           country, bot, datacenter)
       SELECT (lpad(to_hex(ms), 12, '0') || '7000' || '8' || lpad(to_hex(n), 15, '0'))::uuid,
              $1, $2, $3, ($4::uuid[])[1 + n % 100], to_timestamp(ms / 1000.0),
              '10.0.0.0'::inet + (n % 225000), 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
              jsonb_build_object('clickid', 'click-' || n, 'sub', 'banner-' || n % 7),
              (ARRAY['DE', 'FR', 'IT'])[1 + n % 3], n % 20 = 0, n % 50 = 0
         FROM (SELECT n, $5::bigint + n * ($6::bigint / $7) AS ms FROM generate_series(0, $7::bigint - 1) AS n) AS made`,
      [
        scene.partnerId,
        scene.brandId,
        scene.campaignId,
        scene.promos.map(({ id }) => id),
        FIRST_DAY + day * DAY_MS,
        DAY_MS,
        VISITS_A_DAY,
      ],
    );
  }
  await db.query('VACUUM ANALYZE visits');
  await db.query('RESET statement_timeout');
  await db.release();
}

async function milliseconds(work: () => Promise<unknown>): Promise<{ median: number; worst: number }> {
  const taken: number[] = [];
  for (let index = 0; index < TRIES; index += 1) {
    const startedAt = performance.now();
    await work();
    taken.push(performance.now() - startedAt);
  }
  return { median: median(taken), worst: Math.max(...taken) };
}

describe('visits', () => {
  it('duplicates of a million, by the job', async () => {
    const duplicates = app.app.get(DuplicateVisits);
    const end = new Date(FIRST_DAY + DAYS * DAY_MS);
    const startedAt = performance.now();
    while (await duplicates.flagNext('soon', end, 5_000));
    const perSecond = (DAYS * VISITS_A_DAY) / ((performance.now() - startedAt) / 1_000);
    process.stdout.write(`duplicates: ${Math.round(perSecond).toLocaleString('en')} visits/s\n`);
    const [row] = await app.db.query<[{ count: string }]>('SELECT count(*) FROM visits WHERE duplicate');
    // On each day the last tenth repeats the first one, and on all but the first day the first repeats the last of before.
    expect(Number(row.count)).toBe((2 * DAYS - 1) * (VISITS_A_DAY / 10));
  });

  const cases: [string, VisitFilter][] = [
    ['no filter', {}],
    ['country', { country: 'FR' }],
    ['bot', { bot: true }],
    ['data centre', { datacenter: true }],
    ['duplicate', { duplicate: true }],
    ['not duplicate', { duplicate: false }],
    ['country that nobody came from', { country: 'VA' }],
    ['a day ago', { before: new Date(FIRST_DAY + 3 * DAY_MS) }],
    ['before all', { before: new Date(FIRST_DAY) }],
  ];

  it.each(cases)('a page: %s', async (name, filter) => {
    const log = app.app.get(VisitLog);
    const own = { ...filter, partnerId: scene.partnerId };
    const ofPartner = await milliseconds(() => log.list(app.db, { ...own, limit: 50 }));
    const ofAll = await milliseconds(() => log.list(app.db, { ...filter, limit: 50 }));
    process.stdout.write(
      `visits, ${name}: partner ${ofPartner.median.toFixed(1)} ms (worst ${ofPartner.worst.toFixed(1)}), operator ${ofAll.median.toFixed(1)} ms (worst ${ofAll.worst.toFixed(1)}) (goal ≤ 50)\n`,
    );
    expect(Math.min(ofPartner.median, ofAll.median)).toBeGreaterThan(0);
  });
});
