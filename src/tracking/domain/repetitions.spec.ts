import { expect, it } from 'vitest';
import type { Refusal } from './item-fault.js';
import { condense, settleRepeats } from './repetitions.js';

const numbered = (texts: string[]) => texts.map((item, index) => ({ index, item }));

it('A07 sets apart what says the same as the one before it of its key, and only that', () => {
  const { entries, repeats, refusals } = condense(
    numbered(['a1', 'b1', 'a1', 'a2', 'a1', 'b1']),
    'user_id',
    (item) => item[0]!,
  );
  expect(entries.map(({ item }) => item)).toEqual(['a1', 'b1', 'a2', 'a1']);
  expect([...repeats]).toEqual([
    [2, 0],
    [5, 1],
  ]);
  expect(refusals).toEqual([]);
});

it('A07 refuses versions beyond the tenth, and no repetitions', () => {
  const versions = Array.from({ length: 5_000 }, (_, index) => `a${index}`);
  const changing = condense(numbered(versions), 'user_id', (item) => item[0]!);
  expect(changing.entries).toHaveLength(10);
  expect(changing.refusals).toHaveLength(4_990);
  expect(changing.refusals[0]).toMatchObject({ index: 10, code: 'TOO_MANY_VERSIONS' });
  const same = condense(numbered(versions.map(() => 'a')), 'user_id', (item) => item);
  expect([same.entries.length, same.repeats.size, same.refusals.length]).toEqual([1, 4_999, 0]);
});

it('A07 takes a repetition of what was refused for refused, of anything else for a duplicate', () => {
  const statuses = new Map<number, string>([[0, 'accepted']]);
  const refusals: Refusal[] = [{ index: 1, code: 'UNKNOWN_TAG', message: 'tag: …' }];
  settleRepeats(
    new Map([
      [2, 0],
      [3, 1],
    ]),
    { statuses, refusals },
  );
  expect(statuses.get(2)).toBe('duplicate');
  expect(refusals[1]).toEqual({ index: 3, code: 'UNKNOWN_TAG', message: 'tag: …' });
});
