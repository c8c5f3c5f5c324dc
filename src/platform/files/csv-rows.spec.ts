import { describe, expect, it } from 'vitest';
import { csvRows } from './csv-rows.js';

/** The file in chunks of so many bytes, as a stream gives them. */
async function* chunksOf(content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < content.length; from += size)
    yield await Promise.resolve(content.subarray(from, from + size));
}

async function faultOf(content: Buffer, size: number): Promise<string> {
  try {
    for await (const _ of csvRows(chunksOf(content, size), 'a.csv'));
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
}

const text = (...lines: string[]): Buffer => Buffer.from(lines.map((line) => `${line}\n`).join(''));
const LATIN = Buffer.from('M\xfcller\n', 'latin1');
const SIZES = [1, 2, 3, 5, 7, 64, 65_536];

describe('csvRows', () => {
  it.each(SIZES)('names the line that is not UTF-8, in chunks of %i', async (size) => {
    const good = text('id,name', '1,Ödön 🦉', '2,日本');
    expect(await faultOf(good, size)).toBe('none');
    const faults: [Buffer, number][] = [
      [Buffer.concat([good, LATIN, good, LATIN]), 4],
      [Buffer.concat([LATIN, good]), 1],
      [Buffer.concat([good, Buffer.from([0xe2, 0x82])]), 4],
      [Buffer.concat([good, Buffer.from([0xe2, 0x82, 0x0a]), good]), 4],
      [Buffer.concat([good, Buffer.from([0x80]), good]), 4],
    ];
    for (const [content, line] of faults)
      expect(await faultOf(content, size)).toBe(`a.csv must be in UTF-8: line ${line} is not`);
  });

  it.each(SIZES)('names the line where a row begins that never ends, in chunks of %i', async (size) => {
    const rows = Array.from({ length: 500 }, (_, index) => `${index},"two\nlines"`);
    const fault = await faultOf(text('id,name', ...rows, '7,"open', 'more', 'and more'), size);
    expect(fault).toMatch(/^a\.csv is not CSV: the row from line 1002: Quote Not Closed/);
  });
});
