import { expect, it } from 'vitest';
import { batchReport } from './batch-report.js';
import { roundsByKey } from './batch-rounds.js';

it('splits a batch into rounds without repeated keys, in order', () => {
  const items = ['a1', 'b1', 'a2', 'c1', 'a3', 'b2'];
  expect(roundsByKey(items, (item) => item[0]!)).toEqual([['a1', 'b1', 'c1'], ['a2', 'b2'], ['a3']]);
  expect(roundsByKey([], String)).toEqual([]);
});

it('reports a batch in the order of its items', () => {
  const report = batchReport(
    new Map([
      [0, 'accepted'],
      [3, 'duplicate'],
      [1, 'corrected'],
    ]),
    [{ index: 2, code: 'UNKNOWN_TAG', message: 'tag: …' }],
  );
  expect(report).toEqual({
    accepted: 1,
    duplicate: 1,
    corrected: 1,
    rejected: 1,
    items: [
      { index: 1, status: 'corrected' },
      { index: 2, status: 'rejected', code: 'UNKNOWN_TAG', message: 'tag: …' },
      { index: 3, status: 'duplicate' },
    ],
  });
});

it('T03 answers the tags of players by promo code, of accepted ones too', () => {
  const statuses = new Map([
    [0, 'accepted'],
    [1, 'accepted'],
    [2, 'duplicate'],
  ] as const);
  const tags = new Map([
    [1, 't-1'],
    [2, 't-2'],
  ]);
  expect(batchReport(statuses, [], tags)).toMatchObject({
    accepted: 2,
    duplicate: 1,
    items: [
      { index: 1, status: 'accepted', tag: 't-1' },
      { index: 2, status: 'duplicate', tag: 't-2' },
    ],
  });
});
