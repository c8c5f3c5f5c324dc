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
  // What points at what is right by its making: to check a million rows for it takes most of the time.
  await client.query('SET statement_timeout = 0; SET session_replication_role = replica');
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
  await client.query('SET session_replication_role = origin');
}

/** Takes back what a run made, its messages to other rooms included. */
export const RESET = `
  SET session_replication_role = replica;
  TRUNCATE bills, bill_lines, bill_corrections, bill_runs, billing_positions, player_qualifications, fact_changes CASCADE;
  SET session_replication_role = origin;
  TRUNCATE pgboss.job_common`;

const ADMIN_FEE_BPS = 1_000;

/** Division of whole numbers with one rounding, half to even; `d` is positive. Both are read twice: name columns. */
const halfEven = (n: string, d: string): string =>
  `(sign(${n}) * (div(abs(${n}), ${d}) + CASE
      WHEN 2 * mod(abs(${n}), ${d}) > ${d} OR (2 * mod(abs(${n}), ${d}) = ${d} AND mod(div(abs(${n}), ${d}), 2) = 1)
      THEN 1 ELSE 0 END))::bigint`;

/** Text of a number with two decimals at least, and none that are zero behind them. */
const decimals = (n: string): string => `round(${n}, greatest(min_scale(${n}), 2))::text`;

/** One slice of the tiers: ten-thousandths of a minor unit, its bounds as texts. */
const slice = (base: string, rateBps: number, from: string, to: string | null): string =>
  `jsonb_build_object('from', '${from}', 'to', ${to === null ? 'NULL::text' : `'${to}'`}, 'rateBps', ${rateBps},
     'base', ${decimals(`(${base}) * 0.000001`)}, 'amount', ${decimals(`(${base}) * ${rateBps} * 0.0000000001`)})`;

/**
 * The same bills of a plan by plain SQL, lines with their explanations: sums of activity, tiers, rounding, players by
 * their first deposit, and what it all adds up to. It knows nothing of what was billed before, of corrections, flags,
 * suspensions and fraud, it keeps no decisions about players and tells nobody. Temporary tables with statistics let the
 * planner choose well, and workers help with the sums; of one statement with all of it neither is true.
 */
export const billsBySql = (planId: string): string => `
  SET LOCAL work_mem = '64MB';
  INSERT INTO bill_runs (id, plan_id, through, source, state, created_at, finished_at)
  VALUES (uuidv7(), '${planId}', '2026-10-31', 'command', 'finished', now(), now());
  CREATE TEMP TABLE base ON COMMIT DROP AS
  SELECT a.partner_id, a.campaign_id, a.promo_id,
         sum(bets_sum - wins_sum - bonus_issues_sum - additional_deductions_sum - taxes_sum - payment_system_fees_sum
             - game_provider_fees_sum - jackpot_fees_sum) * 10000 - sum(bets_sum - wins_sum) * ${ADMIN_FEE_BPS} AS base
    FROM player_activity a JOIN campaigns c ON c.id = a.campaign_id AND c.commission_plan_id = '${planId}'
   WHERE a.interval_from >= '2026-10-01' AND a.interval_from < '2026-11-01'
   GROUP BY a.partner_id, a.campaign_id, a.promo_id;
  CREATE TEMP TABLE share ON COMMIT DROP AS
  SELECT partner_id, total, total * 100000000 AS d,
         least(total, 1e9) * 2000 + greatest(least(total, 5e9) - 1e9, 0) * 2500 + greatest(total - 5e9, 0) * 3000 AS paid
    FROM (SELECT partner_id, sum(base) AS total FROM base GROUP BY partner_id) AS total;
  ANALYZE base;
  ANALYZE share;
  CREATE TEMP TABLE line ON COMMIT DROP AS
  SELECT partner_id, campaign_id, promo_id, 0 AS strategy, 0 AS quantity, ${halfEven('base', '10000')} AS base_minor,
         ${halfEven('n', 'd')} AS amount, ${decimals('base * 0.000001')} AS promo_base
    FROM (SELECT base.*, d, base * paid AS n FROM base JOIN share USING (partner_id) OFFSET 0) AS fraction
   UNION ALL
  SELECT p.partner_id, p.campaign_id, p.promo_id, 1, count(*), NULL, count(*) * 5000, NULL
    FROM deposits d JOIN players p ON p.id = d.player_id
    JOIN campaigns c ON c.id = p.campaign_id AND c.commission_plan_id = '${planId}'
   WHERE d.is_first AND d.amount_minor >= 2000 AND d.processed_at >= '2026-10-01' AND d.processed_at < '2026-11-01'
     AND NOT (p.duplicate OR p.self_excluded OR p.disabled)
   GROUP BY p.partner_id, p.campaign_id, p.promo_id;
  DELETE FROM line WHERE amount = 0;
  ANALYZE line;
  CREATE TEMP TABLE bill ON COMMIT DROP AS
  SELECT uuidv7() AS id, partner_id, sum(amount) AS issued FROM line GROUP BY partner_id;
  ANALYZE bill;
  INSERT INTO bills (id, partner_id, plan_id, plan_version, brand_id, currency, period_start, period_end, time_zone,
                     first_day, last_day, state, issued_minor, payable_minor, run_id, created_at)
  SELECT bill.id, partner_id, p.id, 1, p.brand_id, p.currency, '2026-10-01', '2026-11-01', 'UTC',
         '2026-10-01', '2026-10-31', 'pending', issued, issued, run.id, now()
    FROM bill, commission_plans p JOIN bill_runs run ON run.plan_id = p.id WHERE p.id = '${planId}';
  INSERT INTO bill_explanations (bill_id, shared)
  SELECT bill.id, jsonb_build_object(
           '0', jsonb_build_object(
             'formula', 'revshare_marginal', 'currency', p.currency, 'base', 'ngr', 'adminFeeBps', ${ADMIN_FEE_BPS},
             'baseTotal', ${decimals('total * 0.000001')}, 'slicesTotal', ${decimals('paid * 0.0000000001')},
             'tier', CASE WHEN total >= 5e9 THEN '{"number": 3, "from": "5000.00", "rateBps": 3000}'::jsonb
                          WHEN total >= 1e9 THEN '{"number": 2, "from": "1000.00", "rateBps": 2500}'
                          ELSE '{"number": 1, "from": "0.00", "rateBps": 2000}' END,
             'slices', CASE
               WHEN total > 5e9 THEN jsonb_build_array(${slice('1e9', 2_000, '0.00', '1000.00')},
                 ${slice('4e9', 2_500, '1000.00', '5000.00')}, ${slice('total - 5e9', 3_000, '5000.00', null)})
               WHEN total > 1e9 THEN jsonb_build_array(${slice('1e9', 2_000, '0.00', '1000.00')},
                 ${slice('total - 1e9', 2_500, '1000.00', '5000.00')})
               ELSE jsonb_build_array(${slice('total', 2_000, '0.00', '1000.00')}) END),
           '1', jsonb_build_object('formula', 'cpa', 'currency', p.currency, 'perPlayer', '50.00'))
    FROM bill JOIN share USING (partner_id), commission_plans p WHERE p.id = '${planId}';
  INSERT INTO bill_lines (id, bill_id, partner_id, plan_id, position, kind, period_start, line_key, strategy,
                          campaign_id, promo_id, quantity, base_minor, rate, amount_minor, explanation)
  SELECT uuidv7(), bill.id, line.partner_id, '${planId}',
         row_number() OVER (PARTITION BY line.partner_id ORDER BY line.strategy, campaign_id, promo_id), 'period',
         '2026-10-01', line.strategy || ':' || campaign_id || ':' || promo_id,
         CASE line.strategy WHEN 0 THEN 'revshare' ELSE 'cpa' END, campaign_id, promo_id, quantity, base_minor, '', amount,
         CASE line.strategy WHEN 0 THEN jsonb_build_object('promoBase', promo_base)
                            ELSE jsonb_build_object('qualifiedPlayers', quantity) END
    FROM line JOIN bill ON bill.partner_id = line.partner_id;
  DROP TABLE base, share, line, bill`;
