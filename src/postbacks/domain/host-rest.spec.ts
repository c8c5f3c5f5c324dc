import { expect, it } from 'vitest';
import { restMs } from './host-rest.js';

it('A09 a host that does not answer rests after four calls in a row, twice as long each time, 5 min at most', () => {
  const rests = Array.from({ length: 12 }, (_, failures) => restMs(failures));
  expect(rests.slice(0, 4)).toEqual([null, null, null, null]);
  expect(rests.slice(4).map((ms) => ms! / 1_000)).toEqual([5, 10, 20, 40, 80, 160, 300, 300]);
  expect(restMs(1e9)).toBe(300_000);
});
