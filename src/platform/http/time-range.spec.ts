import { validate } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { TimeRangeQuery, toTimeRange } from './time-range.dto.js';

describe('ranges of time', () => {
  it('name the field of a time that ISO 8601 allows and nobody writes', async () => {
    const time = '2026-11-02T10.5Z';
    expect(await validate(Object.assign(new TimeRangeQuery(), { from: time }))).toEqual([]);
    expect(() => toTimeRange({ from: time })).toThrow('from: must be a day such as 2026-10-31');
    expect(() => toTimeRange({ to: time }, { from: 'since', to: 'until' })).toThrow('until: must be');
  });
});
