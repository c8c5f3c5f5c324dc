import pg from 'pg';
import { DataSource } from 'typeorm';
import { ensureDayPartitions, ensureMonthPartitions } from '../../src/platform/index.js';
import { makeStatisticsReader } from '../support/statistics-reader.js';
import { makeTrackingScene, type TrackingScene } from '../support/tracking-scene.js';

/** The year of the facts: from its first day to the one after its last. */
export const YEAR = { from: '2025-11-01', to: '2026-11-01' } as const;
const BRANDS = ['EUR', 'EUR', 'EUR', 'EUR', 'USD'];
/** Of all promos most are one partner's, in ten campaigns; the others have one campaign with ten promos each. */
const PROMOS = 2_000;
const HEAVY_PROMOS = 1_270;
const PLAYERS = 40_000;
/** Of every plan. */
export const ADMIN_FEE_BPS = 1_000;

const DAY_MS = 86_400_000;
const FIRST_MS = Date.parse(YEAR.from);
const DAYS = (Date.parse(YEAR.to) - FIRST_MS) / DAY_MS;
const MONTHS = Array.from({ length: 12 }, (_, month) => new Date(Date.UTC(2025, 10 + month, 1)));

/** How many facts there are. */
export interface ReportProgramSize {
  readonly visits: number;
  readonly activity: number;
}

/** Partners whose reports are asked for, with their statistics tokens. */
export const READERS = {
  heaviest: { partner: 0, token: 'statistics-token-of-the-heaviest' },
  average: { partner: 7, token: 'statistics-token-of-an-average-one' },
} as const;

const hexId = (kind: number, number: string): string =>
  `('01900000-0000-7000-800${kind}-' || lpad(to_hex(${number}), 12, '0'))::uuid`;
const partnerOf = (p: string): string =>
  `CASE WHEN ${p} < ${HEAVY_PROMOS} THEN 0 ELSE 1 + (${p} - ${HEAVY_PROMOS}) / 10 END`;
const campaignOf = (p: string): string =>
  `CASE WHEN ${p} < ${HEAVY_PROMOS} THEN ${p} / ${HEAVY_PROMOS / 10} ELSE 10 + (${p} - ${HEAVY_PROMOS}) / 10 END`;

/** Id of a partner by its number. */
export function partnerId(number: number): string {
  return `01900000-0000-7000-8001-${number.toString(16).padStart(12, '0')}`;
}

/** Fills the database with the program, unless it is there; its facts are even over the year, the promos and the players. */
export async function fillReportProgram(url: string, size: ReportProgramSize): Promise<void> {
  const client = await loader(url);
  try {
    const { rows } = await client.query(`SELECT FROM partners WHERE id = ${hexId(1, '0')}`);
    if (rows.length > 0) return;
    const scenes: TrackingScene[] = [];
    for (const currency of BRANDS) scenes.push(await makeTrackingScene(url, { currency }));
    await fillOwners(client, scenes);
    await makePartitions(url);
    await Promise.all([fillVisits(client, size.visits), fillActivity(url, size.activity)]);
    await client.query(`UPDATE visit_passes SET seen_up_to = 'ffffffff-ffff-ffff-ffff-ffffffffffff'`);
    // The right indexes for the same reports by plain SQL.
    await client.query(
      'CREATE INDEX bench_visits ON visits (partner_id, visited_at) INCLUDE (campaign_id, promo_id)',
    );
    await client.query(
      `CREATE INDEX bench_activity ON player_activity (partner_id, interval_from)
         INCLUDE (campaign_id, promo_id, currency, deposits_sum, bets_sum, wins_sum, bonus_issues_sum)`,
    );
    await client.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
}

/** Doubles a partner's history: the same facts once more, a year earlier; without what tells that they are new. */
export async function doubleHistory(url: string, partner: number): Promise<void> {
  const db = await new DataSource({ type: 'postgres', url }).initialize();
  await ensureDayPartitions(db, 'visits', new Date(FIRST_MS - DAYS * DAY_MS), DAYS);
  const earlier = MONTHS.map(
    (month) => new Date(Date.UTC(month.getUTCFullYear() - 1, month.getUTCMonth(), 1)),
  );
  await ensureMonthPartitions(db, 'player_activity', earlier);
  await db.destroy();
  const client = await loader(url);
  const id = `lpad(to_hex(floor(extract(epoch FROM visited_at) * 1000)::bigint - ${DAYS * DAY_MS}), 12, '0')`;
  await client.query(
    `INSERT INTO visits (id, partner_id, campaign_id, promo_id, brand_id, visited_at, query, country, bot)
     SELECT (${id} || substr(replace(id::text, '-', ''), 13))::uuid, partner_id, campaign_id, promo_id, brand_id,
            visited_at - interval '${DAYS} days', query, country, bot
       FROM visits WHERE partner_id = $1 AND visited_at >= '${YEAR.from}' ON CONFLICT DO NOTHING`,
    [partnerId(partner)],
  );
  await client.query(
    `INSERT INTO player_activity (partner_id, campaign_id, promo_id, brand_id, player_id, interval_from, interval_to,
                                  currency, deposits_sum, deposits_count, bets_sum, wins_sum, bonus_issues_sum)
     SELECT partner_id, campaign_id, promo_id, brand_id, player_id, interval_from - interval '${DAYS} days',
            interval_to - interval '${DAYS} days', currency, deposits_sum, deposits_count, bets_sum, wins_sum, bonus_issues_sum
       FROM player_activity WHERE partner_id = $1 AND interval_from >= '${YEAR.from}' ON CONFLICT DO NOTHING`,
    [partnerId(partner)],
  );
  for (const family of ['report_visits', 'report_facts']) await addSumsOfYearBefore(client, family, partner);
  await client.query('VACUUM ANALYZE');
  await client.end();
}

/** What the job makes of those facts: the same sums a year earlier. */
async function addSumsOfYearBefore(client: pg.Client, family: string, partner: number): Promise<void> {
  for (const grain of ['day', 'month']) {
    const table = `${family}_by_${grain}`;
    const { rows } = await client.query<{ columns: string }>(
      `SELECT string_agg(quote_ident(attname), ', ') AS columns FROM pg_attribute
        WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'starts_on'`,
      [table],
    );
    const { columns } = rows[0]!;
    await client.query(
      `INSERT INTO ${table} (starts_on, ${columns}) SELECT (starts_on - interval '1 year')::date, ${columns} FROM ${table}
        WHERE partner_id = $1 AND starts_on >= '${YEAR.from}' ON CONFLICT DO NOTHING`,
      [partnerId(partner)],
    );
  }
}

/** Bulk loads fire no triggers: everything is summed afterwards. */
async function loader(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, options: '-c session_replication_role=replica' });
  await client.connect();
  return client;
}

async function fillOwners(client: pg.Client, scenes: readonly TrackingScene[]): Promise<void> {
  const brands = scenes.map(({ brandId, planId, landingId }, n) => ({ n, brandId, planId, landingId }));
  await client.query(
    `CREATE TABLE bench_promos AS
     SELECT p, ${hexId(1, partnerOf('p'))} AS partner_id, ${hexId(2, campaignOf('p'))} AS campaign_id, ${hexId(3, 'p')} AS id,
            b."brandId" AS brand_id, b."planId" AS plan_id, b."landingId" AS landing_id, currency
       FROM generate_series(0::bigint, ${PROMOS - 1}) AS p
       JOIN json_to_recordset($1) AS b (n int, "brandId" uuid, "planId" uuid, "landingId" uuid)
         ON b.n = (${campaignOf('p')}) % ${brands.length}
       JOIN brands ON brands.id = b."brandId"`,
    [JSON.stringify(brands)],
  );
  await client.query(`
    ALTER TABLE bench_promos ADD PRIMARY KEY (p);
    INSERT INTO commission_plan_versions (id, plan_id, version, strategies, admin_fee_bps, negative_carry_over, created_at)
    SELECT gen_random_uuid(), id, 1, '[{"type":"revshare","base":"ngr","tiers":[]}]', ${ADMIN_FEE_BPS}, true, now()
      FROM commission_plans;
    INSERT INTO partners (id, name, kind, state, country, created_at)
    SELECT DISTINCT partner_id, 'Partner', 'affiliate', 'pending', 'DE', timestamptz '2025-01-01' FROM bench_promos;
    INSERT INTO campaigns (id, partner_id, brand_id, commission_plan_id, name, state, created_at)
    SELECT DISTINCT campaign_id, partner_id, brand_id, plan_id, 'Campaign', 'active', timestamptz '2025-01-01'
      FROM bench_promos;
    INSERT INTO promos (partner_id, campaign_id, id, brand_id, code, title, landing_id, created_at)
    SELECT partner_id, campaign_id, id, brand_id, 'R' || lpad(p::text, 9, '0'), 'Promo', landing_id, '2025-01-01'
      FROM bench_promos;
    INSERT INTO players (partner_id, campaign_id, promo_id, brand_id, id, external_id, visit_id, country, profile, query,
                         signed_up_at, created_at)
    SELECT partner_id, campaign_id, b.id, brand_id, ${hexId(4, 'n')}, 'player-' || n, gen_random_uuid(), 'DE', '{}', '{}',
           timestamptz '${YEAR.from} UTC' + n % ${DAYS} * interval '1 day', '2025-11-01'
      FROM generate_series(0::bigint, ${PLAYERS - 1}) AS n JOIN bench_promos b ON b.p = n % ${PROMOS};`);
  for (const { partner, token } of Object.values(READERS)) {
    await makeStatisticsReader(client, partnerId(partner), token);
  }
}

async function makePartitions(url: string): Promise<void> {
  const db = await new DataSource({ type: 'postgres', url }).initialize();
  await ensureDayPartitions(db, 'visits', new Date(FIRST_MS), DAYS);
  await ensureMonthPartitions(db, 'player_activity', MONTHS);
  await db.destroy();
}

/** Visits in the order of their time, one promo after the other. */
async function fillVisits(client: pg.Client, visits: number): Promise<void> {
  for (let month = 0; month < 12; month += 1) {
    await client.query(
      `INSERT INTO visits (id, partner_id, campaign_id, promo_id, brand_id, visited_at, query, country, bot)
       SELECT (lpad(to_hex(ms), 12, '0') || '70008' || lpad(to_hex(n), 15, '0'))::uuid, partner_id, campaign_id, b.id, brand_id,
              to_timestamp(ms / 1000.0), '{"clickid":"c"}', 'DE', n % 20 = 0
         FROM (SELECT n, n * 7919 % ${PROMOS} AS p, ${FIRST_MS} + n * ${DAYS * DAY_MS} / $1::bigint AS ms
                 FROM generate_series($1::bigint * $2 / 12, $1::bigint * ($2 + 1) / 12 - 1) AS n) AS v
         JOIN bench_promos b USING (p)`,
      [visits, month],
    );
  }
}

/** Minutes of play in the order of their time, one player after the other. */
async function fillActivity(url: string, activity: number): Promise<void> {
  const client = await loader(url);
  for (let month = 0; month < 12; month += 1) {
    await client.query(
      `INSERT INTO player_activity (partner_id, campaign_id, promo_id, brand_id, player_id, interval_from, interval_to,
                                    currency, deposits_sum, deposits_count, bets_sum, wins_sum, bonus_issues_sum)
       SELECT partner_id, campaign_id, b.id, brand_id, ${hexId(4, 'player')}, at, at + interval '1 minute', currency,
              n % 900, 1, 20000 + n % 30000, 5000 + n % 9000, n % 500
         FROM (SELECT n, n * 7919 % ${PLAYERS} AS player,
                      to_timestamp(${FIRST_MS / 1_000} + n * ${DAYS * 86_400} / $1::bigint) AS at
                 FROM generate_series($1::bigint * $2 / 12, $1::bigint * ($2 + 1) / 12 - 1) AS n) AS a
         JOIN bench_promos b ON b.p = player % ${PROMOS}`,
      [activity, month],
    );
  }
  await client.end();
}
