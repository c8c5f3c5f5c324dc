import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { openStream, sealStream } from './stream-seal.js';

const CONTENT = Buffer.from('a file of many words '.repeat(10_000));

async function sealed(): Promise<{ file: Buffer; key: string }> {
  const seal = sealStream();
  const file = await buffer(Readable.from(CONTENT).pipe(seal.encrypt));
  return { file, key: seal.key() };
}

const open = (file: Buffer, key: string) => buffer(Readable.from([file]).pipe(openStream(key)));

describe('files sealed as streams', () => {
  it('open again, of the same length', async () => {
    const { file, key } = await sealed();
    expect(file.length).toBe(CONTENT.length);
    expect(file.includes('words')).toBe(false);
    expect((await open(file, key)).equals(CONTENT)).toBe(true);
  });

  it('fail when they were altered, cut, or with another key', async () => {
    const { file, key } = await sealed();
    const altered = Buffer.from(file);
    altered[100]! ^= 1;
    await expect(open(altered, key)).rejects.toThrow();
    await expect(open(file.subarray(0, -1), key)).rejects.toThrow();
    await expect(open(file, (await sealed()).key)).rejects.toThrow();
  });
});
