import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { execute } from '../support/database.js';
import { ADMIN_FEE_BPS } from './report-program.js';

/** What rows are of, besides the period; `paid_in` is the brand's currency, for reports that leave the brand open. */
type RawGroup = 'brand_id' | 'campaign_id' | 'promo_id' | 'paid_in';

/** Which report: its period, its groups, the first day and the one after the last, and whose. */
export interface RawReport {
  readonly period: 'day' | 'month';
  readonly groups: readonly RawGroup[];
  readonly from: string;
  readonly to: string;
  readonly partnerId?: string;
}

/** The facts, by table: when they are from, and the sums over them that the reports show. */
const FACTS = {
  visits: { at: 'visited_at', sums: { visits: 'count(*)' } },
  players: { at: 'signed_up_at', sums: { registrations: 'count(*)' } },
  player_activity: {
    at: 'interval_from',
    sums: {
      deposits: 'sum(deposits_sum)',
      ggr: 'sum(bets_sum) - sum(wins_sum)',
      net: 'sum(bets_sum) - sum(wins_sum) - sum(bonus_issues_sum)',
    },
  },
} as const;
const SUMS = Object.values(FACTS).flatMap(({ sums }) => Object.keys(sums));

/**
 * The report by plain SQL over raw facts, as PostgreSQL and DuckDB understand it: `period` (YYYY-MM-DD), the groups,
 * `visits`, `registrations`, `deposits`, `ggr` in minor units, and `ngr` in ten-thousandths of them. It knows that every
 * plan takes the same fee and that nothing but bonuses is taken off.
 */
export function rawReportSql({ period, groups, from, to, partnerId }: RawReport): string {
  const keys = ['period', ...groups].join(', ');
  const brands = groups.includes('paid_in')
    ? 'JOIN (SELECT id AS brand_id, currency AS paid_in FROM brands) AS brand USING (brand_id)'
    : '';
  const parts = Object.entries(FACTS).map(([table, { at, sums }]) => {
    const own: Record<string, string> = sums;
    const shown = SUMS.map((name) => `${own[name] ?? '0'} AS ${name}`);
    return `SELECT date_trunc('${period}', ${at}) AS ${keys}, ${shown.join(', ')} FROM ${table} ${brands}
             WHERE ${partnerId ? `partner_id = '${partnerId}' AND` : ''} ${at} >= '${from}' AND ${at} < '${to}'
             GROUP BY ${keys}`;
  });
  return `SELECT CAST(CAST(period AS date) AS text) AS ${keys}, sum(visits) AS visits, sum(registrations) AS registrations,
                 sum(deposits) AS deposits, sum(ggr) AS ggr, sum(net) * 10000 - sum(ggr) * ${ADMIN_FEE_BPS} AS ngr
            FROM (${parts.join(' UNION ALL ')}) AS facts GROUP BY ${keys}`;
}

const IDS = { partner_id: 'UUID', brand_id: 'UUID', campaign_id: 'UUID', promo_id: 'UUID' };
const MEASURES = ['deposits_sum', 'bets_sum', 'wins_sum', 'bonus_issues_sum'];

/** Opens DuckDB's file with the raw facts of the database; they are loaded into it when it is new. */
export async function openDuckDb(path: string, url: string): Promise<DuckDBConnection> {
  const connection = await (await DuckDBInstance.create(path)).connect();
  const tables = await connection.runAndReadAll('SELECT 1 FROM duckdb_tables()');
  if (tables.currentRowCount === 0) await load(connection, url);
  return connection;
}

async function load(duckdb: DuckDBConnection, url: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-duckdb-'));
  // The server writes the files, under an account of its own.
  await chmod(folder, 0o777);
  const copy = async (
    table: string,
    shown: readonly string[],
    types: Record<string, string>,
  ): Promise<void> => {
    const csv = join(folder, `${table}.csv`);
    await execute(url, `COPY (SELECT ${shown.join(', ')} FROM ${table}) TO '${csv}' (FORMAT csv)`);
    const columns = Object.entries(types).map(([name, type]) => `'${name}': '${type}'`);
    await duckdb.run(
      `CREATE TABLE ${table} AS SELECT * FROM read_csv('${csv}', header = false, columns = {${columns.join(', ')}})`,
    );
    await rm(csv);
  };
  await copy('brands', ['id', 'currency'], { id: 'UUID', currency: 'VARCHAR' });
  for (const [table, { at }] of Object.entries(FACTS)) {
    const measures = table === 'player_activity' ? MEASURES : [];
    const types = {
      [at]: 'TIMESTAMP',
      ...IDS,
      ...Object.fromEntries(measures.map((name) => [name, 'BIGINT'])),
    };
    const shown = Object.keys(types).map((name) => (name === at ? `${at} AT TIME ZONE 'UTC'` : name));
    await copy(table, shown, types);
  }
  await rm(folder, { recursive: true });
}
