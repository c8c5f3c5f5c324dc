import { parse } from 'csv-parse/sync';
import { readXlsx } from 'hucre/xlsx';
import { XmlDocument } from 'libxml2-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COLUMNS } from '../../../src/reports/domain/catalogue/columns.js';
import { ReportFiles } from '../../../src/reports/exports/report-files.service.js';
import { REPORT_FORMATS } from '../../../src/reports/exports/report-format.js';
import { Reports } from '../../../src/reports/reports.service.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { memoryInUse } from '../../support/memory.js';
import { codeOf } from '../identity/scene.js';
import { NAUGHTY, type Reader, ReportScene } from './report-scene.js';

interface Report {
  rows: { data: { name: string; value: unknown }[][] };
  totals: { data: { name: string; value: unknown }[][] };
  relations: { campaigns: { id: string; name: string }[] };
  conversion: object | null;
  total_count: number;
}

const MANY = 30_000;

let app: TestApp;
let scene: ReportScene;
let ann: Reader;
let query: string;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  scene = await ReportScene.open(app);
  ann = await scene.reader(...NAUGHTY);
  await scene.reader('of somebody else');
  query = `from=${scene.day}&to=${scene.day}&columns[]=visits_count&columns[]=ngr&group_by[]=campaign`;
});
afterAll(() => app.close());

const download = async (format: string): Promise<Buffer> => {
  const answer = await ann.as.download(`partner/reports/performance?${query}&format=${format}`);
  expect(answer.status, String(answer.body)).toBe(200);
  expect(answer.headers['content-disposition']).toBe(`attachment; filename="report.${format}"`);
  return answer.body as Buffer;
};

describe('A17 a report as a file', () => {
  it('CSV: the columns asked for, names beside ids, nothing that a spreadsheet would run', async () => {
    const [header, ...rows]: string[][] = parse(await download('csv'));
    expect(header).toEqual(['Campaign ID', 'Campaign', 'Visits', 'NGR', 'Currency']);
    expect(rows.map(([, name]) => name!.replace(/^'/, '')).sort()).toEqual([...NAUGHTY].sort());
    expect(rows.filter(([, name]) => /^[=+\-@\t\r\n]/.test(name!))).toEqual([]);
    expect(new Set(rows.map((cells) => cells.slice(2).join()))).toEqual(new Set(['1,0.00,EUR']));
  });

  it('XLSX: a sheet of rows and one of totals; texts are texts and numbers are numbers', async () => {
    const { sheets } = await readXlsx(await download('xlsx'));
    expect(sheets.map(({ name }) => name)).toEqual(['Rows', 'Totals']);
    const [rows, totals] = sheets.map((sheet) => sheet.rows);
    expect(
      rows!
        .slice(1)
        .map(([, name]) => name)
        .sort(),
    ).toEqual([...NAUGHTY].sort());
    expect(rows![1]!.slice(2)).toEqual([1, 0, 'EUR']);
    expect(totals).toEqual([
      ['Visits', 'NGR', 'Currency'],
      [NAUGHTY.length, 0, 'EUR'],
    ]);
  });

  it('JSON: what the report API says, all of it', async () => {
    const whole = JSON.parse((await download('json')).toString()) as Report;
    const page = body<Report>(await ann.as.get(`partner/reports/performance?${query}`), 200);
    const { rows, totals, conversion, relations, total_count } = page;
    const report_type = 'partner_report';
    expect(whole).toEqual({ report_type, rows, totals, conversion, relations, total_count });
    expect(total_count).toBe(NAUGHTY.length);
  });

  it('XML: the same cells, well-formed', async () => {
    const page = body<Report>(await ann.as.get(`partner/reports/performance?${query}`), 200);
    const document = XmlDocument.fromBuffer(await download('xml'));
    const values = (path: string) => document.find(path).map((node) => node.content);
    expect(values('/report/rows/row/cell[@name="campaign_id"]')).toEqual(
      page.rows.data.map(([cell]) => cell!.value),
    );
    expect(values('/report/rows/row[1]/cell[@name="ngr"]/@currency')).toEqual(['EUR']);
    expect(values('/report/totals/row/cell[@name="visits_count"]')).toEqual([String(NAUGHTY.length)]);
    const fit = (name: string) => name.replace('\u0007', '\uFFFD').replace('\uFFFE', '\uFFFD');
    expect(values('/report/relations/campaigns/@name').sort()).toEqual(NAUGHTY.map(fit).sort());
    document.dispose();
  });

  it('refuses other formats, and what is wrong with the query', async () => {
    const answer = await ann.as.get(`partner/reports/performance?${query}&format=pdf`);
    expect(codeOf(answer)).toBe('400 INVALID_PARAMETER');
    expect(answer.body).toMatchObject({ errors: [{ path: 'format' }] });
    const wrong = await ann.as.get(`partner/reports/performance?${query}&format=csv&columns[]=secrets`);
    expect(codeOf(wrong)).toBe('400 INVALID_PARAMETER');
  });
});

describe('A17 a long report as a file', () => {
  let long: Reader;
  let longQuery: string;

  beforeAll(async () => {
    long = await scene.reader();
    await scene.visits(long.partnerId, 'Long', MANY);
    longQuery = `from=${scene.day}&to=${scene.day}&columns[]=visits_count&group_by[]=dynamic_tag_n`;
  });

  it.each(REPORT_FORMATS)('%s: takes as little memory as a short one', async (format) => {
    const request = app.app
      .get(Reports)
      .request(Object.fromEntries(new URLSearchParams(longQuery)), 'partner');
    const used = () => {
      const { heapUsed, external } = memoryInUse();
      return heapUsed + external;
    };
    const read = async (watch: () => void): Promise<number> => {
      const file = await app.app.get(ReportFiles).stream(long, request, format);
      let bytes = 0;
      for await (const chunk of file.getStream()) {
        bytes += (chunk as Buffer).length;
        watch();
      }
      return bytes;
    };
    await read(() => undefined);
    const before = used();
    let most = before;
    let chunks = 0;
    const bytes = await read(() => {
      if ((chunks += 1) % 5 === 0) most = Math.max(most, used());
    });
    expect(bytes).toBeGreaterThan(MANY * 2);
    expect((most - before) / 1024 ** 2).toBeLessThan(8);
  });

  it('is not read by more than a few at once; who leaves makes room', async () => {
    const { token } = body<{ token: string }>(await long.as.get('me/statistic-token'), 200);
    // More than the system's buffers take: a small report is sent whether it is read or not.
    const wide = Object.keys(COLUMNS).map((column) => `columns[]=${column}`);
    const open = () => fetch(`${app.url}/feeds/report.json?${[longQuery, ...wide].join('&')}&token=${token}`);
    const unread = [await open(), await open()];
    expect(unread.map(({ status }) => status)).toEqual([200, 200]);
    const third = await open();
    expect([third.status, third.headers.get('retry-after')]).toEqual([429, '10']);
    expect(await third.json()).toMatchObject({ code: 'TOO_MANY_EXPORTS' });
    await download('csv');
    await Promise.all(unread.map(({ body }) => body!.cancel()));
    const freed = async () => {
      const answer = await open();
      await answer.body!.cancel();
      return answer.status;
    };
    await expect.poll(freed).toBe(200);
  });
});
