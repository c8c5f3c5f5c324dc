import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { Pool } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Clock, readConfig, UnitOfWork } from '../../src/platform/index.js';
import { Decimal, roundHalfEven } from '../../src/platform/money/decimal.js';
import { Rollups } from '../../src/reports/rollups/rollups.service.js';
import { collectGarbage } from '../support/memory.js';
import { type AppProcess, spawnApp } from '../support/process.js';
import { type BenchServer, median, startBenchServer, takeTurns } from './measure.js';
import { doubleHistory, fillReportProgram, partnerId, READERS, YEAR } from './report-program.js';
import { openDuckDb, type RawReport, rawReportSql } from './report-yardsticks.js';

const VISITS = Number(process.env['BENCH_REPORT_VISITS'] ?? 10_000_000);
/** A folder that keeps the facts for the next run: they take minutes to make. */
const KEPT_IN = process.env['BENCH_REPORT_DATA'];
const ADMIN = { email: 'admin@bench.example', password: 'a long and unusual pass phrase' };
const COLUMNS = ['visits_count', 'registrations_count', 'deposits_sum', 'ggr', 'ngr'];
const OCTOBER = { from: '2026-10-01', to: '2026-11-01' };
const REQUESTS = 500;
/** So many more come first: a process that has just started compiles what it runs and opens its connections. */
const WARMING_UP = 100;

let server: BenchServer;
let app: AppProcess;
let http: Pool;
let raw: pg.Client;
let duckDb: DuckDBConnection;
let operator: string;
let folder: string;
let url: string;

beforeAll(async () => {
  server = await startBenchServer(KEPT_IN);
  folder = KEPT_IN ?? (await mkdtemp(join(tmpdir(), 'tributary-report-')));
  url = await server.makeDatabase('reports');
  await fillReportProgram(url, { visits: VISITS, activity: VISITS / 2 });
  await sumUp(url);
  duckDb = await openDuckDb(join(folder, 'facts.duckdb'), url);
  raw = new pg.Client({ connectionString: url, options: '-c TimeZone=UTC' });
  await raw.connect();
  app = await spawnApp({
    DATABASE_URL: url,
    LOG_LEVEL: 'warn',
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
  });
  http = new Pool(app.url);
  const login = await http.request({
    method: 'POST',
    path: '/api/v1/auth/login',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ADMIN),
  });
  operator = ((await login.body.json()) as { accessToken: string }).accessToken;
}, 900_000);
afterAll(async () => {
  duckDb.closeSync();
  await http.close();
  await app.kill();
  await raw.end();
  await server.stop();
  if (!KEPT_IN) await rm(folder, { recursive: true });
});

/** Has everything summed that reports answer from. */
async function sumUp(url: string): Promise<void> {
  const db = await new DataSource({ type: 'postgres', url }).initialize();
  const rollups = new Rollups(new UnitOfWork(db), new Clock(), readConfig({}));
  const started = performance.now();
  while (await rollups.goOn());
  process.stdout.write(`summed up in ${Math.round((performance.now() - started) / 1_000)} s\n`);
  await db.query('VACUUM ANALYZE');
  await db.destroy();
}

interface Report {
  rows: { data: { name: string; value: unknown }[][] };
  total_count: number;
}

async function get(path: string, token: string): Promise<string> {
  const { statusCode, body } = await http.request({
    method: 'GET',
    path,
    headers: { authorization: `Bearer ${token}` },
  });
  const text = await body.text();
  expect(statusCode, text.slice(0, 1_000)).toBe(200);
  return text;
}

/** Where a report is asked for over HTTP; without `perPage` it has the page that everybody gets. */
function pathOf({ period, groups, from, to, partnerId }: RawReport, perPage?: number): string {
  const named = groups.filter((group) => group !== 'paid_in');
  const groupBy = [period, ...named.map((group) => group.replace('_id', ''))];
  const lists = [
    ...COLUMNS.map((name) => `columns[]=${name}`),
    ...groupBy.map((name) => `group_by[]=${name}`),
  ];
  const last = new Date(Date.parse(to) - 86_400_000).toISOString().slice(0, 10);
  const base = partnerId ? '/api/customer/v1/partner/report' : '/api/v1/operator/reports/performance';
  const page = perPage ? [`per_page=${perPage}`] : [];
  return `${base}?from=${from}&to=${last}&${[...page, ...lists].join('&')}`;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Lets ours and the yardstick take turns and prints how long they took. */
async function compare(
  name: string,
  {
    ours,
    yardstick,
    goal,
  }: { ours: () => Promise<unknown>; yardstick: () => Promise<unknown>; goal: string },
): Promise<void> {
  const speed = (work: () => Promise<unknown>) => async () => 1_000 / (await timed(work));
  const turns = await takeTurns(speed(ours), speed(yardstick));
  const ms = (perSecond: number): string => (1_000 / perSecond).toFixed(1);
  process.stdout.write(
    `${name}: ours ${ms(turns.ours)} ms, yardstick ${ms(turns.yardstick)} ms, ratio ${(1 / turns.ratio).toFixed(3)} (goal ${goal})\n`,
  );
}

/** A report's figures, one line a row, as the raw facts tell them. */
function figuresOf(rows: readonly Record<string, unknown>[], { groups }: RawReport): string[] {
  const lines = rows.map((row) =>
    [
      ...['period', ...groups, 'visits', 'registrations', 'deposits', 'ggr'].map((name) => String(row[name])),
      roundHalfEven(new Decimal(String(row['ngr'])).div(10_000)),
    ].join(),
  );
  return lines.sort();
}

/** The same of a report's cells. */
function shownIn(report: Report, { groups }: RawReport): string[] {
  const lines = report.rows.data.map((cells) =>
    // The currency stands last, also where it is one of the groups.
    [cells[0]!, ...(groups.includes('paid_in') ? cells.slice(-1) : []), ...cells.slice(1, -1)]
      .map(({ value }) =>
        value !== null && typeof value === 'object'
          ? (value as { amount_cents: string }).amount_cents
          : String(value),
      )
      .join(),
  );
  return lines.sort();
}

/** How long the report takes beside an empty request in turns with it, in ms. */
async function timesOf(
  path: string,
  token: string,
): Promise<{ times: number[]; slow: number; empty: number; slowEmpty: number }> {
  const times: Record<'empty' | 'report', number[]> = { empty: [], report: [] };
  for (let request = -WARMING_UP; request < REQUESTS; request += 1) {
    // Ours is not collected while an answer is waited for.
    collectGarbage();
    const empty = await timed(() => get('/api/customer/v1/partner/report/attributes', token));
    const report = await timed(() => get(path, token));
    if (request < 0) continue;
    times.empty.push(empty);
    times.report.push(report);
  }
  const p99 = (ms: number[]): number => ms.sort((a, b) => a - b)[Math.floor(REQUESTS * 0.99)]!;
  return {
    times: times.report,
    slow: p99(times.report),
    empty: median(times.empty),
    slowEmpty: p99(times.empty),
  };
}

describe('report of a partner, October by day × campaign × promo', () => {
  const query = { period: 'day', groups: ['campaign_id', 'promo_id'], ...OCTOBER } as const;
  const of = (reader: { partner: number; token: string }) => {
    const report: RawReport = { ...query, partnerId: partnerId(reader.partner) };
    return { report, path: pathOf(report, 1_000), sql: rawReportSql(report), token: reader.token };
  };

  it('of an average one', async () => {
    const { report, path, sql, token } = of(READERS.average);
    const page = JSON.parse(await get(path, token)) as Report;
    const { rows } = await raw.query<Record<string, unknown>>(sql);
    expect(shownIn(page, report)).toEqual(figuresOf(rows, report));
    const { times, slow, empty, slowEmpty } = await timesOf(path, token);
    process.stdout.write(
      `report, average partner (${rows.length} rows): p50 ${median(times).toFixed(1)} ms, p99 ${slow.toFixed(1)} ms, ` +
        `an empty request ${empty.toFixed(1)} ms (p99 ${slowEmpty.toFixed(1)}), above it ${(slow - empty).toFixed(1)} ms (goal ≤ 25)\n`,
    );
    // Kept data stay as they are: doubled twice, they would show no growth whatever it is.
    if (KEPT_IN) return;
    await doubleHistory(url, READERS.average.partner);
    expect(JSON.parse(await get(path, token))).toEqual(page);
    const after = await timesOf(path, token);
    // Beside an empty request of its own time: what else the machine does meanwhile cancels out.
    const growth = median(after.times) / after.empty / (median(times) / empty);
    process.stdout.write(`report, growth: ${growth.toFixed(2)} of the time with twice the history\n`);
  });

  it('of the heaviest', async () => {
    const { report, path, sql, token } = of(READERS.heaviest);
    const { rows } = await raw.query<Record<string, unknown>>(sql);
    const whole = JSON.parse(await get(`${path}&format=json`, token)) as Report;
    expect(shownIn(whole, report)).toEqual(figuresOf(rows, report));
    const yardstick = () => raw.query(sql);
    const name = `report, heaviest partner (${rows.length} rows)`;
    await compare(`${name}, a page`, { ours: () => get(path, token), yardstick, goal: '≤ 1' });
    await compare(`${name}, whole as CSV`, {
      ours: () => get(`${path}&format=csv`, token),
      yardstick,
      goal: '≤ 1',
    });
  });
});

describe('report of the program, a year', () => {
  it.each([
    ['month', ['campaign_id', 'promo_id'], '≤ 0.2'],
    ['month', ['brand_id'], '≤ 0.2'],
    ['day', ['paid_in'], '≤ 0.05'],
    ['day', ['brand_id'], '≤ 0.05'],
  ] as const)('by %s × %s', async (period, groups, goal) => {
    const report: RawReport = { period, groups, ...YEAR };
    const [path, sql] = [pathOf(report), rawReportSql(report)];
    const facts = await duckDb.runAndReadAll(sql);
    const whole = JSON.parse(await get(`${path}&format=json`, operator)) as Report;
    expect(shownIn(whole, report)).toEqual(figuresOf(facts.getRowObjectsJson(), report));
    const yardstick = () => duckDb.runAndReadAll(sql);
    const name = `report, program by ${period} × ${groups.join(' × ')} (${facts.currentRowCount} rows)`;
    await compare(`${name}, first page`, { ours: () => get(path, operator), yardstick, goal });
    const asked = pathOf(report, 1_000);
    await compare(`${name}, page of 1,000`, { ours: () => get(asked, operator), yardstick, goal });
    const file = `${path}&format=csv`;
    await compare(`${name}, whole as CSV`, { ours: () => get(file, operator), yardstick, goal });
  });
});
