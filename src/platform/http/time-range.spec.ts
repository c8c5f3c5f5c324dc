import { validate } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { TimeRangeQuery } from './time-range.dto.js';

describe('ranges of time', () => {
  it.each(['2026-11-02T10.5Z', '2026-11-02T10,5Z', '2026-11-02T10:30.5Z'])(
    '%s, which ISO 8601 allows and nobody writes, is refused by its field',
    async (time) => {
      for (const property of ['from', 'to']) {
        const [fault] = await validate(Object.assign(new TimeRangeQuery(), { [property]: time }));
        expect(fault).toMatchObject({
          property,
          constraints: { isReadAsTime: `${property} must be a day such as 2026-10-31 or a time in RFC 3339` },
        });
      }
    },
  );
});
