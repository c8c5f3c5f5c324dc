import { DateTime } from 'luxon';
import type { DataSource } from 'typeorm';

/** One raw fact, as a report's rules see it: whose it is, when, and what it adds to which sum (ten-thousandths). */
export interface RawFact {
  partner: string;
  brand: string;
  campaign: string | null;
  promo: string | null;
  strategy: string | null;
  country: string | null;
  player: string | null;
  clickid: string | null;
  /** An instant, or a day whatever the zone. */
  at: Date | string;
  currency: string;
  sums: Record<string, bigint>;
  /** For what counts every player once. */
  depositor: string | null;
}

const SCALE = 10_000n;
type Row = Record<string, string | null> & { at: Date };

interface Version {
  plan_id: string;
  version: number;
  bps: number;
  effective_from: Date | null;
  strategies: { type: string; base?: string }[];
}

/** Every raw fact of the database, read by the plainest of queries; strategies are those in force at `now`. */
export async function readRawFacts(db: DataSource, now: Date): Promise<RawFact[]> {
  const versions = await db.query<Version[]>(
    'SELECT plan_id, version, admin_fee_bps AS bps, effective_from, strategies FROM commission_plan_versions ORDER BY version',
  );
  const campaigns = await db.query<{ id: string; plan: string; brand: string; strategy: string }[]>(
    `SELECT c.id, c.commission_plan_id AS plan, c.brand_id AS brand, '' AS strategy FROM campaigns c`,
  );
  const currencies = new Map(
    (await db.query<{ id: string; currency: string }[]>('SELECT id, currency FROM brands')).map((brand) => [
      brand.id,
      brand.currency,
    ]),
  );
  const versionAt = (plan: string, at: Date): Version =>
    versions
      .filter((v) => v.plan_id === plan && (v.effective_from === null || v.effective_from <= at))
      .at(-1)!;
  const strategyOf = (campaign: string | null): string | null => {
    if (campaign === null) return null;
    const plan = campaigns.find(({ id }) => id === campaign)!.plan;
    const { strategies } = versionAt(plan, now);
    return strategies.length === 1 ? strategies[0]!.type : 'hybrid';
  };
  const fact = (
    row: Row,
    at: Date | string,
    sums: Record<string, bigint>,
    extra: Partial<RawFact> = {},
  ): RawFact => ({
    partner: row['partner_id']!,
    brand: row['brand_id'] ?? campaigns.find(({ id }) => id === row['campaign_id'])!.brand,
    campaign: row['campaign_id'] ?? null,
    promo: row['promo_id'] ?? null,
    strategy: strategyOf(row['campaign_id'] ?? null),
    country: row['country'] ?? null,
    player: row['player'] ?? null,
    clickid: row['clickid'] ?? null,
    at,
    currency: row['currency'] ?? currencies.get(row['brand_id'] ?? '') ?? '',
    sums: Object.fromEntries(Object.entries(sums).map(([name, value]) => [name, value * SCALE])),
    depositor: null,
    ...extra,
  });
  const facts: RawFact[] = [];
  for (const row of await db.query<(Row & { bot: boolean; duplicate: boolean })[]>(
    `SELECT *, visited_at AS at, query ->> 'clickid' AS clickid FROM visits`,
  )) {
    facts.push(fact(row, row.at, { visits: 1n, unique: row.bot || row.duplicate ? 0n : 1n }));
  }
  for (const row of await db.query<
    (Row & { signed_up_at: Date; first_deposit_at: Date | null; duplicate: boolean })[]
  >(`SELECT *, id AS player, query ->> 'clickid' AS clickid FROM players`)) {
    facts.push(fact(row, row.signed_up_at, { registrations: 1n, duplicated: row.duplicate ? 1n : 0n }));
    if (row.first_deposit_at) {
      const sum = BigInt(row['first_deposit_minor'] ?? 0);
      facts.push(fact(row, row.first_deposit_at, { firstDeposits: 1n, firstDepositsSum: sum }));
    }
  }
  for (const row of await db.query<Row[]>(
    `SELECT a.*, a.interval_from AS at, p.id AS player, p.country, p.query ->> 'clickid' AS clickid
       FROM player_activity a JOIN players p ON p.id = a.player_id`,
  )) {
    const amount = (name: string): bigint => BigInt(row[name] ?? 0);
    const plan = campaigns.find(({ id }) => id === row['campaign_id'])!.plan;
    const ggr = amount('bets_sum') - amount('wins_sum');
    const fee = (ggr * BigInt(versionAt(plan, row.at).bps) * SCALE) / 10_000n;
    const sums = { deposits: amount('deposits_sum'), depositsCount: amount('deposits_count'), ggr };
    const deposited = sums.depositsCount > 0n || sums.deposits > 0n;
    const played = fact(row, row.at, sums, { depositor: deposited ? row['player']! : null });
    played.sums['fee'] = fee;
    played.sums['ngr'] = (ggr - amount('bonus_issues_sum')) * SCALE - fee;
    facts.push(played);
  }
  for (const row of await db.query<Row[]>(
    `SELECT q.*, q.qualified_at AS at, b.currency, p.country, p.id AS player, p.query ->> 'clickid' AS clickid
       FROM player_qualifications q JOIN campaigns c ON c.id = q.campaign_id JOIN brands b ON b.id = c.brand_id
       JOIN players p ON p.id = q.player_id WHERE q.revoked_at IS NULL`,
  )) {
    facts.push(fact(row, row.at, { qualified: 1n }));
  }
  for (const row of await db.query<
    (Row & { day: string; period_start: Date; strategy: string; line_key: string })[]
  >(
    `SELECT l.*, b.brand_id, b.currency, b.last_day::text AS day FROM bills b JOIN bill_lines l ON l.bill_id = b.id
      WHERE b.state <> 'cancelled' AND l.kind NOT IN ('carry_in', 'carry_out')`,
  )) {
    const income = BigInt(row['amount_minor']!);
    const place = Number(row.line_key.split(':')[0]);
    const base = versionAt(row['plan_id']!, row.period_start).strategies[place]?.base;
    facts.push(
      fact(row, row.day, {
        income,
        perPlayer: ['cpa', 'cpl'].includes(row.strategy) ? income : 0n,
        ofNgr: row.strategy === 'revshare' && base === 'ngr' ? income : 0n,
      }),
    );
  }
  return facts;
}

/** The day of a fact in a zone. */
export function dayOf({ at }: RawFact, zone: string): string {
  return typeof at === 'string' ? at : DateTime.fromJSDate(at, { zone }).toISODate()!;
}

/** When a fact counts; what is of a day counts when that begins in the zone. */
export function instantOf({ at }: RawFact, zone: string): number {
  return typeof at === 'string' ? DateTime.fromISO(at, { zone }).toMillis() : at.getTime();
}

/** What columns are calculated from, and how. */
export const EXPECTED_COLUMNS: Record<
  string,
  { of: string; by?: string; factor?: bigint; money: boolean; sources: string[] }
> = {
  visits_count: { of: 'visits', money: false, sources: ['visits'] },
  unique_visits_count: { of: 'unique', money: false, sources: ['visits'] },
  registrations_count: { of: 'registrations', money: false, sources: ['registrations'] },
  duplicated_players_count: { of: 'duplicated', money: false, sources: ['registrations'] },
  first_deposits_count: { of: 'firstDeposits', money: false, sources: ['firstDeposits'] },
  first_deposits_sum: { of: 'firstDepositsSum', money: true, sources: ['firstDeposits'] },
  first_deposits_conversion_rate: {
    of: 'firstDeposits',
    by: 'registrations',
    factor: 100n,
    money: false,
    sources: ['firstDeposits', 'registrations'],
  },
  deposits_count: { of: 'depositsCount', money: false, sources: ['ggr'] },
  deposits_sum: { of: 'deposits', money: true, sources: ['ggr'] },
  average_deposit_amount: { of: 'deposits', by: 'depositsCount', money: true, sources: ['ggr'] },
  depositing_players_count: { of: 'depositors', money: false, sources: ['depositors'] },
  ggr: { of: 'ggr', money: true, sources: ['ggr'] },
  admin_fee: { of: 'fee', money: true, sources: ['ggr'] },
  ngr: { of: 'ngr', money: true, sources: ['ggr'] },
  qualified_players_count: { of: 'qualified', money: false, sources: ['qualified'] },
  partner_income: { of: 'income', money: true, sources: ['income'] },
  fixed_per_player: { of: 'perPlayer', money: true, sources: ['income'] },
  ngr_percent: { of: 'ofNgr', money: true, sources: ['income'] },
};
