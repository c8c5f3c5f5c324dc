import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { readXlsx } from 'hucre/xlsx';
import { describe, expect, it } from 'vitest';
import type { FileCell } from './file-cell.js';
import { xlsxStream } from './xlsx.js';

/** Rows one at a time. */
async function* rowsOf(rows: readonly FileCell[][]): AsyncGenerator<FileCell[][]> {
  for (const row of rows) yield [row];
}

/** The cells that another program reads from the file. */
async function read(rows: readonly FileCell[][]): Promise<unknown[][]> {
  const file = await buffer(xlsxStream([{ name: 'Orders', header: ['A', 'B'], rows: rowsOf(rows) }]));
  const { sheets } = await readXlsx(file);
  expect(sheets.map(({ name }) => name)).toEqual(['Orders']);
  const [header, ...cells] = sheets[0]!.rows;
  expect(header!.slice(0, 2)).toEqual(['A', 'B']);
  return cells;
}

describe('T07 an XLSX file', () => {
  it('holds texts, numbers and times as what they are', async () => {
    const at = new Date('2026-10-10T10:12:00Z');
    const [cells] = await read([['80.00', { decimal: '80.00' }, at, null, 'end']]);
    expect(cells).toEqual(['80.00', 80, at, null, 'end']);
  });

  it.each([
    '=HYPERLINK("http://evil.example","x")',
    '+1+cmd|" /C calc"!A0',
    '-2+3',
    '@SUM(1)',
    '\t=1',
    '\r=1',
    '\n=1',
    ' two  blanks ',
    '<a href="x">&amp;</a>]]>',
    'a\u0000b\u0007c\uFFFE',
    '_x0041_',
    'Ünïcode 🦊 漢字',
    '',
  ])('keeps %j a text', async (text) => {
    expect(await read([[text, 'next']])).toEqual([[text, 'next']]);
  });

  it('has several sheets, and goes on in another one where Excel’s ends', async () => {
    async function* many(): AsyncGenerator<FileCell[][]> {
      for (let at = 0; at < 1_048_576; at += 65_536) yield Array.from({ length: 65_536 }, () => []);
    }
    const file = await buffer(
      xlsxStream([
        { name: 'Rows', header: ['A'], rows: many() },
        { name: 'Totals', header: ['B'], rows: rowsOf([[{ decimal: '1' }]]) },
      ]),
    );
    const { sheets } = await readXlsx(file);
    expect(sheets.map(({ name }) => name)).toEqual(['Rows', 'Rows 2', 'Totals']);
    expect(sheets[1]!.rows[0]).toEqual(['A']);
    expect(sheets[2]!.rows).toEqual([['B'], [1]]);
  });

  it('keeps any text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 5 }),
        async (texts) => {
          expect(await read(texts.map((text) => [text, 'end']))).toEqual(texts.map((text) => [text, 'end']));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('fails with its rows, and tells them when nobody reads on', async () => {
    async function* failing(): AsyncGenerator<FileCell[][]> {
      yield [['x']];
      throw new Error('the database is away');
    }
    await expect(buffer(xlsxStream([{ name: 'Orders', header: [], rows: failing() }]))).rejects.toThrow(
      'the database is away',
    );

    let left = false;
    async function* endless(): AsyncGenerator<FileCell[][]> {
      try {
        for (;;) yield [['x'.repeat(100)]];
      } finally {
        left = true;
      }
    }
    const stream = xlsxStream([{ name: 'Orders', header: [], rows: endless() }]);
    for await (const piece of stream) {
      expect(piece).toBeTruthy();
      break;
    }
    await expect.poll(() => left).toBe(true);
  });
});
