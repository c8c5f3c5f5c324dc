import { expect, it } from 'vitest';
import { parseInterval } from './parse-interval.js';

it('A07 reads an interval', () => {
  expect(parseInterval({ from: '2026-11-02T09:00:00+01:00', to: '2026-11-02T09:00:00Z' })).toEqual({
    from: new Date('2026-11-02T08:00:00Z'),
    to: new Date('2026-11-02T09:00:00Z'),
  });
});

it.each([
  [{ to: '2026-11-02T09:00:00Z' }, /^from: /],
  [{ from: '2026-11-02T09:00:00Z' }, /^to: /],
  [{ from: '2026-11-02T09:00:00Z', to: '2026-11-02T09:00:00Z' }, /^to: must be after/],
  [{ from: '2025-11-01T00:00:00Z', to: '2026-11-03T00:00:00Z' }, /^to: must be after `from`, by a year/],
])('A07 refuses the interval %j', (fields, message) => {
  expect(() => parseInterval(fields)).toThrow(message);
});
