import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { parse } from 'csv-parse/sync';
import pg from 'pg';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidV7Floor } from '../../src/platform/index.js';
import { parseReportRequest } from '../../src/reports/domain/report-request.js';
import { wholeStatement } from '../../src/reports/domain/report-sql.js';
import { type AppProcess, spawnApp } from '../support/process.js';
import { makeTrackingScene } from '../support/tracking-scene.js';
import { type BenchServer, median, print, startBenchServer, takeTurns } from './measure.js';

const ROWS = Number(process.env['BENCH_EXPORT_ROWS'] ?? 1_000_000);
/** Folder of an installed exceljs 4.4.0, which is no dependency of ours: it is the yardstick of XLSX. */
const EXCELJS = process.env['BENCH_EXCELJS'];
const ADMIN = { email: 'admin@bench.example', password: 'a long and unusual pass phrase' };
const DAY = '2026-10-05';
const COLUMNS = [
  'visits_count',
  'registrations_count',
  'depositing_players_count',
  'first_deposits_count',
  'deposits_count',
  'cashouts_count',
  'chargebacks_count',
  'casino_bets_count',
];

let server: BenchServer;
let app: AppProcess;
let client: pg.Client;
let folder: string;
let highestAboveIdleMb = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-export-'));
  server = await startBenchServer();
  const url = await server.makeDatabase('exports');
  const scene = await makeTrackingScene(url);
  client = new pg.Client(url);
  await client.connect();
  await client.query(
    `INSERT INTO visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, query)
     SELECT (substr($5, 1, 18) || '-8000-' || lpad(to_hex(n), 12, '0'))::uuid, $1, $2, $3, $4, $6,
            jsonb_build_object('n', n::text) FROM generate_series(1, $7::int) AS n`,
    [
      scene.partnerId,
      scene.brandId,
      scene.campaignId,
      scene.promos[0]!.id,
      uuidPrefix(),
      `${DAY}T12:00:00Z`,
      ROWS,
    ],
  );
  await client.query('VACUUM ANALYZE');
  app = await spawnApp({
    DATABASE_URL: url,
    LOG_LEVEL: 'warn',
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    REPORT_TIME_LIMIT_MS: '15000',
    // What jobs do about a million new visits is not the export's memory.
    ROLE: 'web',
  });
});
afterAll(async () => {
  await app.kill();
  await client.end();
  await server.stop();
  await rm(folder, { recursive: true });
});

function uuidPrefix(): string {
  const time = Date.parse(`${DAY}T12:00:00Z`).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000`;
}

const memoryKb = (field: 'VmRSS' | 'VmHWM'): number =>
  Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${app.pid}/status`, 'utf8'))![1]);

async function accessToken(): Promise<string> {
  const answer = await request(`${app.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ADMIN),
  });
  return ((await answer.body.json()) as { accessToken: string }).accessToken;
}

/** The report over HTTP into a file. Gives rows in a second. */
async function ours(format: 'csv' | 'xlsx'): Promise<number> {
  const headers = { authorization: `Bearer ${await accessToken()}` };
  const idleKb = memoryKb('VmRSS');
  // Forgets the highest figure so far.
  writeFileSync(`/proc/${app.pid}/clear_refs`, '5');
  const started = performance.now();
  const columns = COLUMNS.map((name) => `columns[]=${name}`).join('&');
  const path = `/api/v1/operator/reports/performance?from=${DAY}&to=${DAY}&${columns}&group_by[]=dynamic_tag_n`;
  const answer = await request(`${app.url}${path}&format=${format}`, { headers });
  expect(answer.statusCode).toBe(200);
  const file = createWriteStream(join(folder, `ours.${format}`));
  answer.body.pipe(file);
  await once(file, 'close');
  const seconds = (performance.now() - started) / 1_000;
  highestAboveIdleMb = Math.max(highestAboveIdleMb, (memoryKb('VmHWM') - idleKb) / 1_024);
  return ROWS / seconds;
}

/** A query whose rows go to a file as they come. */
class CopyOut extends pg.Query {
  constructor(
    text: string,
    private readonly write: (chunk: Buffer) => void,
    callback: (error: Error | undefined) => void,
  ) {
    super(text, callback);
  }

  handleCopyData({ chunk }: { chunk: Buffer }): void {
    this.write(chunk);
  }
}

/** The rows of the same report by COPY into a file. */
async function copied(): Promise<number> {
  const file = createWriteStream(join(folder, 'copied.csv'));
  const started = performance.now();
  await new Promise<void>((resolve, reject) => {
    const text = `COPY (${reportSql()}) TO STDOUT (FORMAT csv)`;
    client.query(
      new CopyOut(
        text,
        (chunk) => void file.write(Buffer.from(chunk)),
        (error) => (error ? reject(error) : resolve()),
      ),
    );
  });
  file.end();
  await once(file, 'close');
  return ROWS / ((performance.now() - started) / 1_000);
}

/** The report's statement without parameters, which COPY does not take; its columns in the order of the file. */
function reportSql(): string {
  const request = parseReportRequest(
    { from: DAY, to: DAY, columns: COLUMNS, group_by: ['dynamic_tag_n'] },
    { audience: 'operator', timeZone: 'UTC', now: new Date(DAY) },
  );
  const { text, values } = wholeStatement({
    scope: { partnerId: null },
    request,
    ids: { from: uuidV7Floor(request.from), to: uuidV7Floor(request.to) },
    rollups: null,
    visitsTail: { from: request.from, fromId: uuidV7Floor(request.from) },
    rates: null,
  });
  const literal = (value: unknown): string =>
    pg.escapeLiteral(value instanceof Date ? value.toISOString() : String(value));
  const plain = text.replaceAll(/\$(\d+)/g, (_, number: string) => literal(values[Number(number) - 1]));
  return `SELECT g0, ${COLUMNS.join(', ')}, currency FROM (${plain}) AS report`;
}

interface ExcelJs {
  stream: {
    xlsx: {
      WorkbookWriter: new (options: { filename: string }) => {
        addWorksheet: (name: string) => {
          addRow: (cells: unknown[]) => { commit: () => void };
          commit: () => void;
        };
        commit: () => Promise<void>;
      };
    };
  };
}

/** The same cells, which are there already, by exceljs's streaming writer. */
async function byExcelJs(): Promise<number> {
  const { default: exceljs } = (await import(join(EXCELJS!, 'excel.js'))) as { default: ExcelJs };
  const started = performance.now();
  const workbook = new exceljs.stream.xlsx.WorkbookWriter({ filename: join(folder, 'theirs.xlsx') });
  const sheet = workbook.addWorksheet('Rows');
  for (let row = 0; row < ROWS; row += 1) {
    sheet.addRow([String(row), 1, 0, 0, 0, 0, 0, 0, 0, 'N/A']).commit();
    if (row % 1_000 === 0) await new Promise(setImmediate);
  }
  sheet.commit();
  await workbook.commit();
  return ROWS / ((performance.now() - started) / 1_000);
}

describe('export', () => {
  it('CSV', async () => {
    await ours('csv');
    highestAboveIdleMb = 0;
    print('export csv', 'rows/s', await takeTurns(() => ours('csv'), copied), '≥ 0.70');
    process.stdout.write(`export csv: at most ${highestAboveIdleMb.toFixed(0)} MB above idle (goal ≤ 32)\n`);
    const [, ...rows] = parse(readFileSync(join(folder, 'ours.csv')));
    expect(rows).toEqual(parse(readFileSync(join(folder, 'copied.csv'))));
    expect(rows).toHaveLength(ROWS);
  });

  it('XLSX', async () => {
    await ours('xlsx');
    highestAboveIdleMb = 0;
    if (EXCELJS) {
      print('export xlsx', 'rows/s', await takeTurns(() => ours('xlsx'), byExcelJs, 3), '≥ 2');
    } else {
      const figures = [await ours('xlsx'), await ours('xlsx'), await ours('xlsx')];
      process.stdout.write(
        `export xlsx: ours ${Math.round(median(figures)).toLocaleString('en')} rows/s; BENCH_EXCELJS names no yardstick\n`,
      );
    }
    process.stdout.write(
      `export xlsx: at most ${highestAboveIdleMb.toFixed(0)} MB above idle (goal ≤ 120)\n`,
    );
  });
});
