import { buffer } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { readXlsx } from 'hucre/xlsx';
import { XmlDocument } from 'libxml2-wasm';
import { describe, expect, it } from 'vitest';
import { REPORT_FORMATS, type ReportFormat, reportStream } from './report-format.js';
import type { ReportSource } from './report-source.js';

/** A report that groups by a parameter of the link, whose name and values anybody may choose. */
function report(key: string, values: readonly string[]): ReportSource {
  const name = `dynamic_tag_${key}`;
  const tag = { name, title: key, type: 'string' };
  const visits = { name: 'visits_count', title: 'Visits', type: 'integer' };
  return {
    reportType: 'partner_report',
    conversion: null,
    headings: { rows: [tag, visits], totals: [visits] },
    totals: () => Promise.resolve([[{ ...visits, value: values.length }]]),
    async *rows() {
      for (const value of values) yield [[value]];
    },
    toCells: ([value]) => [
      { name, type: 'string', value: value! },
      { name: 'visits_count', type: 'integer', value: 1 },
    ],
    toFileCells: ([value]) => [value!, 1],
    relations: () =>
      Promise.resolve({ campaigns: [], promos: [], brands: [], partners: [], dedicated_operators: [] }),
    close: () => Promise.resolve(),
  };
}

const written = async (format: ReportFormat, key: string, values: readonly string[]): Promise<Buffer> =>
  buffer(reportStream(report(key, values), format));

/** As XML 1.0 can hold it. */
const fit = (text: string): string =>
  text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
/** As UTF-8 can hold it. */
const storable = (text: string): string => Buffer.from(text).toString();
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    ']]>',
    '<![CDATA[',
    '&#0;',
    '\0',
    '\uD800',
    '\uDC00x',
    '=1',
    '"',
    "'",
    '\r\n',
    '--%gt;',
    '\uFEFF',
  ),
);

describe('A17 a report with any texts in it', () => {
  it('is well-formed XML with the texts that XML can hold', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.array(anyText, { maxLength: 4 }), async (key, values) => {
        const document = XmlDocument.fromBuffer(await written('xml', key, values));
        const cells = document.find('/report/rows/row/cell[1]').map((cell) => cell.content);
        const names = document.find('/report/rows/row/cell[1]/@name').map((name) => name.content);
        document.dispose();
        expect(cells).toEqual(values.map(fit));
        expect(new Set(names)).toEqual(new Set(values.map(() => `dynamic_tag_${fit(key)}`)));
      }),
      { numRuns: 40 },
    );
  });

  it('is CSV with the same texts, none of which a spreadsheet would run', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.array(anyText, { maxLength: 4 }), async (key, values) => {
        const text = (await written('csv', key, values)).toString();
        const [header, ...rows]: string[][] = parse(text, { relax_column_count: true, bom: false });
        for (const cell of [header![0]!, ...rows.map(([cell]) => cell!)]) {
          expect(/^[=+\-@\t\r\n]/.test(cell) && !/^-?\d+(\.\d+)?$/.test(cell), JSON.stringify(cell)).toBe(
            false,
          );
        }
        expect(rows.map(([cell]) => cell!.replace(/^'(?=[=+\-@\t\r\n])/, ''))).toEqual(values.map(storable));
      }),
      { numRuns: 40 },
    );
  });

  it('is XLSX and JSON with the same texts', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.array(anyText, { minLength: 1, maxLength: 4 }), async (key, values) => {
        const { sheets } = await readXlsx(await written('xlsx', key, values));
        expect(sheets[0]!.rows.slice(1)).toEqual(values.map((value) => [value, 1]));
        const { rows } = JSON.parse((await written('json', key, values)).toString()) as {
          rows: { data: { value: unknown }[][] };
        };
        expect(rows.data.map(([cell]) => cell!.value)).toEqual(values);
      }),
      { numRuns: 15 },
    );
  });

  it.each(REPORT_FORMATS)('%s: fails with its rows instead of ending early', async (format) => {
    const source = report('n', []);
    source.rows = async function* () {
      yield [];
      throw new Error('the database is away');
    };
    await expect(buffer(reportStream(source, format))).rejects.toThrow('the database is away');
  });
});
