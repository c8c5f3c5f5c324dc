import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fileLines } from './file-lines.js';

const MAX = 8;

async function read(chunks: readonly Buffer[]): Promise<[number, string | null][]> {
  const lines: [number, string | null][] = [];
  async function* source(): AsyncGenerator<Buffer> {
    for (const chunk of chunks) yield await Promise.resolve(chunk);
  }
  for await (const some of fileLines(source(), MAX)) {
    for (const { line, content } of some) lines.push([line, content?.toString() ?? null]);
  }
  return lines;
}

it('cuts a file into its lines, wherever its chunks end', async () => {
  const text = fc.array(fc.constantFrom('', 'a', '€', 'b c', 'x'.repeat(MAX), 'x'.repeat(MAX + 1), 'y'.repeat(40)));
  await fc.assert(
    fc.asyncProperty(text, fc.constantFrom('', '\n'), fc.array(fc.nat(200)), async (texts, end, cuts) => {
      const file = Buffer.from(texts.join('\n') + end);
      const places = [0, ...cuts.filter((cut) => cut < file.length).sort((a, b) => a - b), file.length];
      const chunks = places.slice(1).map((place, index) => file.subarray(places[index], place));
      expect(await read(chunks)).toEqual(
        texts.flatMap((line, index) => (line ? [[index + 1, line.length > MAX ? null : line]] : [])),
      );
    }),
  );
}); // prettier-ignore

it('leaves CR before LF and a byte order mark out', async () => {
  expect(await read([Buffer.from('\ufeffa\r\n\r\nb\rc\r\n')])).toEqual([
    [1, 'a'],
    [2, ''],
    [3, 'b\rc'],
  ]);
});
