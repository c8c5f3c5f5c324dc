import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BatchWindow, type CutBatch } from './batch-window.js';

const MIB = 1024 * 1024;

function cut(keys: readonly string[], bytes = 10): CutBatch<string>[] {
  const window = new BatchWindow<string>();
  const batches = keys.flatMap((key, index) => window.add(key, key, { line: index + 1, bytes, item: key }));
  return [...batches, ...window.rest()];
}

it('loses, repeats and reorders nothing, and mixes no heads', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 60 }), fc.constantFrom(10, MIB), (keys, bytes) => {
      const batches = cut(keys, bytes);
      for (const head of ['a', 'b', 'c']) {
        const lines = batches.filter((batch) => batch.head === head).flatMap(({ items }) => items);
        expect(lines.map(({ line }) => line)).toEqual(
          keys.flatMap((key, index) => (key === head ? [index + 1] : [])),
        );
      }
    }),
  ); // prettier-ignore
});

it('gathers items of one head, up to 5,000', () => {
  const keys = Array.from({ length: 12_000 }, (_, index) => String(index % 2));
  expect(cut(keys).map(({ head, items }) => [head, items.length])).toEqual([
    ['0', 5_000],
    ['1', 5_000],
    ['0', 1_000],
    ['1', 1_000],
  ]);
});

it('lets no more than 20,000 items or 8 MiB wait', () => {
  const window = new BatchWindow<string>();
  const heads = Array.from({ length: 19_999 }, (_, index) => String(index));
  expect(heads.flatMap((head) => window.add(head, head, { line: 1, bytes: 1, item: 1 }))).toEqual([]);
  expect(window.add('last', 'last', { line: 1, bytes: 1, item: 1 })).toHaveLength(20_000);
  expect(window.add('a', 'a', { line: 1, bytes: 7 * MIB, item: 1 })).toEqual([]);
  expect(window.add('b', 'b', { line: 2, bytes: MIB, item: 1 })).toHaveLength(2);
  expect(window.rest()).toEqual([]);
});
