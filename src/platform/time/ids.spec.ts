import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Clock } from './clock.js';
import { Ids, uuidV7Floor, uuidV7Time } from './ids.js';

class FixedClock extends Clock {
  constructor(public at: Date) {
    super();
  }
  override now(): Date {
    return this.at;
  }
}

const instant = fc.date({
  min: new Date('2000-01-01T00:00:00Z'),
  max: new Date('9999-12-31T00:00:00Z'),
  noInvalidDate: true,
});

describe('Ids', () => {
  it('makes UUIDs of version 7 that carry the time', () => {
    fc.assert(
      fc.property(instant, (at) => {
        const id = new Ids(new FixedClock(at)).next();
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(uuidV7Time(id)).toEqual(at);
      }),
    );
  });

  it('rises within one millisecond and from one to the next', () => {
    const clock = new FixedClock(new Date('2026-10-01T00:00:00Z'));
    const ids = new Ids(clock);
    const made: string[] = [];
    for (let index = 0; index < 2_000; index += 1) {
      if (index % 500 === 499) clock.at = new Date(clock.at.getTime() + 1);
      made.push(ids.next());
    }
    expect(made).toEqual(made.toSorted());
    expect(new Set(made).size).toBe(made.length);
  });

  it('keeps two processes in the same millisecond apart', () => {
    const clock = new FixedClock(new Date('2026-10-01T00:00:00Z'));
    const [first, second] = [new Ids(clock).next(), new Ids(clock).next()];
    // 48 bits of time, then the version: what follows is the random start of the sequence.
    expect(first.slice(14, 23)).not.toBe(second.slice(14, 23));
  });
});

describe('uuidV7Floor', () => {
  it('is the first of all ids for times before there were any', () => {
    expect(uuidV7Floor(new Date('0001-01-01T00:00:00Z'))).toBe(uuidV7Floor(new Date(0)));
  });

  it('is not above any id of its millisecond and above every id before it', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 1, max: 1_000_000 }), (at, earlierMs) => {
        const floor = uuidV7Floor(at);
        expect(new Ids(new FixedClock(at)).next() >= floor).toBe(true);
        expect(new Ids(new FixedClock(new Date(at.getTime() - earlierMs))).next() < floor).toBe(true);
        expect(uuidV7Time(floor)).toEqual(at);
      }),
    );
  });
});
