import type pg from 'pg';
import type { TrackingScene } from '../support/tracking-scene.js';

/** Marginal tiers on NGR, and 50.00 per player whose first deposit is at least 20.00, as the database keeps them. */
export const TERMS = [
  {
    type: 'revshare',
    base: 'ngr',
    tierMode: 'marginal',
    tiers: [
      { fromMinor: '0', rateBps: 2_000 },
      { fromMinor: '100000', rateBps: 2_500 },
      { fromMinor: '500000', rateBps: 3_000 },
    ],
  },
  { type: 'cpa', amountMinor: '5000', criteria: { firstDepositAtLeastMinor: '2000' } },
];

/** How large a program is, and which numbers it takes. */
export interface ProgramSize {
  readonly first: number;
  readonly partners: number;
  /** Of a partner; each has one player. */
  readonly promos: number;
  /** Of a player. */
  readonly intervals: number;
}

/** Ids that rise with the number, as UUIDv7 do. */
const id = (kind: number, number: string): string =>
  `('01900000-0000-7000-800${kind}-' || lpad(to_hex(${number}), 12, '0'))::uuid`;

/** Puts partners with a campaign each, promos, players, deposits and activity of October 2026 on the scene's plan. */
export async function fillProgram(client: pg.Client, scene: TrackingScene, size: ProgramSize): Promise<void> {
  const { brandId, planId, landingId } = scene;
  const { first, partners, promos, intervals } = size;
  const last = first + partners - 1;
  const perPromo = `generate_series(${first * promos}::bigint, ${(last + 1) * promos - 1}::bigint) AS p`;
  const owner = `${id(1, `p / ${promos}`)}, ${id(2, `p / ${promos}`)}, ${id(3, 'p')}`;
  await client.query(`SET statement_timeout = 0`);
  await client.query(
    `INSERT INTO partners (id, name, kind, state, country, created_at)
     SELECT ${id(1, 'n')}, 'Partner ' || n, 'affiliate', 'pending', 'DE', '2026-01-01'
       FROM generate_series(${first}::bigint, ${last}::bigint) AS n`,
  );
  await client.query(
    `INSERT INTO campaigns (id, partner_id, brand_id, commission_plan_id, name, state, created_at)
     SELECT ${id(2, 'n')}, ${id(1, 'n')}, '${brandId}', '${planId}', 'Campaign', 'active', '2026-01-01'
       FROM generate_series(${first}::bigint, ${last}::bigint) AS n`,
  );
  await client.query(
    `INSERT INTO promos (partner_id, campaign_id, id, brand_id, code, title, landing_id, created_at)
     SELECT ${owner}, '${brandId}', 'B' || lpad(p::text, 9, '0'), 'Promo', '${landingId}', '2026-01-01'
       FROM ${perPromo}`,
  );
  await client.query(
    `INSERT INTO players (partner_id, campaign_id, promo_id, id, brand_id, external_id, visit_id, country, profile,
                          query, signed_up_at, created_at)
     SELECT ${owner}, ${id(4, 'p')}, '${brandId}', 'player-' || p, gen_random_uuid(), 'DE', '{}', '{"clickid":"c"}',
            timestamptz '2026-10-01' + p % 20 * interval '1 day', '2026-10-01'
       FROM ${perPromo}`,
  );
  // Three players of ten deposit enough, three others too little.
  await client.query(
    `INSERT INTO deposits (partner_id, campaign_id, promo_id, player_id, brand_id, external_id, amount_minor, currency,
                           processed_at, interval_from, interval_to, is_first)
     SELECT ${owner}, ${id(4, 'p')}, '${brandId}', 'deposit-' || p, CASE WHEN p % 10 < 3 THEN 5000 ELSE 1000 END,
            (SELECT currency FROM brands WHERE id = '${brandId}'), at, at, at + interval '1 day', true
       FROM ${perPromo}, LATERAL (SELECT timestamptz '2026-10-01' + (p % 20 + 1) * interval '1 day' AS at) AS time
      WHERE p % 10 < 6`,
  );
  await client.query(
    `CREATE TABLE IF NOT EXISTS player_activity_2026_10 PARTITION OF player_activity
       FOR VALUES FROM ('2026-10-01') TO ('2026-11-01')`,
  );
  // A brand reports day by day, its players in an order of its own.
  await client.query(
    `INSERT INTO player_activity (partner_id, campaign_id, promo_id, player_id, brand_id, interval_from, interval_to,
                                  currency, bets_sum, wins_sum, casino_bets_count, bonus_issues_sum, taxes_sum,
                                  payment_system_fees_sum, game_provider_fees_sum, jackpot_fees_sum)
     SELECT ${owner}, ${id(4, 'p')}, '${brandId}', at, at + interval '1 day',
            (SELECT currency FROM brands WHERE id = '${brandId}'),
            20000 + p * 7919 % 30000, 5000 + p * 104729 % 9000, 20, p % 500, p % 300, p % 90, p % 70, p % 50
       FROM generate_series(0, ${intervals - 1}) AS n,
            LATERAL (SELECT ${first * promos}::bigint + s * 7919 % ${partners * promos} AS p
                       FROM generate_series(0::bigint, ${partners * promos - 1}::bigint) AS s) AS player,
            LATERAL (SELECT timestamptz '2026-10-01' + (p % 6 + n * 5) * interval '1 day' AS at) AS time`,
  );
  await client.query(
    `CREATE TABLE IF NOT EXISTS bench_campaigns (campaign_id uuid, partner_id uuid);
     INSERT INTO bench_campaigns SELECT id, partner_id FROM campaigns WHERE commission_plan_id = '${planId}'
        AND id IN (SELECT ${id(2, 'n')} FROM generate_series(${first}::bigint, ${last}::bigint) AS n);`,
  );
}

/** Takes back what a run made. */
export const RESET = `
  SET session_replication_role = replica;
  TRUNCATE bills, bill_lines, bill_corrections, bill_runs, billing_positions, player_qualifications, fact_changes CASCADE;
  SET session_replication_role = origin;`;

const ADMIN_FEE_BPS = 1_000;

/**
 * The same bills of a plan ($1) by plain SQL: sums of activity, tiers, rounding, players by their first deposit, and
 * what it all adds up to. It knows nothing of what was billed before, of corrections, and it explains nothing.
 */
export const BILLS_BY_SQL = `
  WITH run AS (
    INSERT INTO bill_runs (id, plan_id, through, source, state, created_at, finished_at)
    VALUES (gen_random_uuid(), $1, '2026-10-31', 'command', 'finished', now(), now()) RETURNING id),
  base AS (
    SELECT a.partner_id, a.campaign_id, a.promo_id,
           sum(bets_sum - wins_sum - bonus_issues_sum - additional_deductions_sum - taxes_sum - payment_system_fees_sum
               - game_provider_fees_sum - jackpot_fees_sum) * 10000 - sum(bets_sum - wins_sum) * ${ADMIN_FEE_BPS} AS base
      FROM player_activity a JOIN campaigns c ON c.id = a.campaign_id AND c.commission_plan_id = $1
     WHERE a.interval_from >= '2026-10-01' AND a.interval_from < '2026-11-01'
     GROUP BY a.partner_id, a.campaign_id, a.promo_id),
  total AS (SELECT partner_id, sum(base) AS total FROM base GROUP BY partner_id),
  share AS (
    SELECT partner_id, total,
           least(total, 1e9) * 2000 + greatest(least(total, 5e9) - 1e9, 0) * 2500 + greatest(total - 5e9, 0) * 3000 AS paid
      FROM total),
  qualified AS (
    SELECT p.partner_id, p.campaign_id, p.promo_id, count(*) AS players
      FROM deposits d JOIN players p ON p.id = d.player_id
      JOIN campaigns c ON c.id = p.campaign_id AND c.commission_plan_id = $1
     WHERE d.is_first AND d.amount_minor >= 2000 AND d.processed_at >= '2026-10-01' AND d.processed_at < '2026-11-01'
       AND NOT (p.duplicate OR p.self_excluded OR p.disabled)
     GROUP BY p.partner_id, p.campaign_id, p.promo_id),
  line AS MATERIALIZED (
    SELECT base.partner_id, campaign_id, promo_id, 0 AS strategy, 0 AS quantity, half_even(base, 10000) AS base_minor,
           half_even(base * paid, total * 100000000) AS amount
      FROM base JOIN share ON share.partner_id = base.partner_id
    UNION ALL
    SELECT partner_id, campaign_id, promo_id, 1, players, NULL, players * 5000 FROM qualified),
  bill AS (
    INSERT INTO bills (id, partner_id, plan_id, plan_version, brand_id, currency, period_start, period_end, time_zone,
                       first_day, last_day, state, issued_minor, payable_minor, run_id, created_at)
    SELECT gen_random_uuid(), partner_id, $1, 1, p.brand_id, p.currency, '2026-10-01', '2026-11-01', 'UTC',
           '2026-10-01', '2026-10-31', 'pending', sum(amount), sum(amount), run.id, now()
      FROM line, run, commission_plans p WHERE p.id = $1
     GROUP BY partner_id, p.brand_id, p.currency, run.id
    RETURNING id, partner_id)
  INSERT INTO bill_lines (id, bill_id, partner_id, plan_id, position, kind, period_start, line_key, strategy,
                          campaign_id, promo_id, quantity, base_minor, rate, amount_minor, explanation)
  SELECT gen_random_uuid(), bill.id, line.partner_id, $1,
         row_number() OVER (PARTITION BY line.partner_id ORDER BY line.strategy, campaign_id, promo_id), 'period',
         '2026-10-01', line.strategy || ':' || campaign_id || ':' || promo_id,
         CASE line.strategy WHEN 0 THEN 'revshare' ELSE 'cpa' END, campaign_id, promo_id, quantity, base_minor, '', amount, '{}'
    FROM line JOIN bill ON bill.partner_id = line.partner_id
   WHERE amount <> 0`;

/** Exact division with one rounding, half to even. */
export const HALF_EVEN = `
  CREATE FUNCTION half_even(n numeric, d numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT sign(n) * (div(abs(n), d) + CASE
      WHEN 2 * mod(abs(n), d) > d OR (2 * mod(abs(n), d) = d AND mod(div(abs(n), d), 2) = 1) THEN 1 ELSE 0 END)
  $$`;
