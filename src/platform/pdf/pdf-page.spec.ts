import { buffer } from 'node:stream/consumers';
import { extractText, getDocumentProxy } from 'unpdf';
import { describe, expect, it } from 'vitest';
import { PdfPage } from './pdf-page.js';

const COLUMNS = ['Day', 'What', 'Amount', 'Balance'].map((title) => ({ title, width: 0.25 }));
const SECOND = ['When', 'Why', 'Sum', 'Rest'].map((title) => ({ title, width: 0.25 }));
const HEADER = 'When Why Sum Rest';
const ONE_LINE = ['1', '2', '3', '4'];

/** The texts of the pages on which a second table follows one of so many rows. */
async function pagesOf(count: number, second: string[][]): Promise<string[]> {
  const page = new PdfPage('Two tables', new Date(0));
  const bytes = buffer(page.stream);
  for (let line = 0; line < 9; line += 1) page.text('Above');
  await page.table(COLUMNS, Array<string[]>(count).fill(ONE_LINE));
  await page.table(SECOND, second);
  page.end();
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(await bytes)));
  return text.map((shown) => shown.replaceAll(/\s+/g, ' '));
}

describe('a table that begins near the end of a page', () => {
  const counts = Array.from({ length: 11 }, (_, index) => 30 + index);

  it.each([
    ['a row of one line', [['when', 'why', 'sum', 'rest']], `${HEADER} when why sum rest`],
    [
      'a row of four lines',
      [['when', 'why\nwhy\nwhy\nwhy', 'sum', 'rest']],
      `${HEADER} when why why why why sum rest`,
    ],
    ['no row', [], HEADER],
  ])('has its header once, as a whole, above %s', async (_, rows, expected) => {
    const pages = await Promise.all(counts.map((count) => pagesOf(count, rows)));
    for (const texts of pages) {
      expect(texts.length).toBeLessThanOrEqual(2);
      expect(texts.at(-1)).toContain(expected);
      expect(texts.join(' ').split(HEADER)).toHaveLength(2);
    }
    expect(new Set(pages.map(({ length }) => length))).toEqual(new Set([1, 2]));
  });
});
