import { validate } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { IsTime } from './is-time.js';

class Meeting {
  @IsTime()
  at: unknown;
}

const faultsOf = async (at: unknown): Promise<string[]> => {
  const [error] = await validate(Object.assign(new Meeting(), { at }), { stopAtFirstError: true });
  return Object.values(error?.constraints ?? {});
};

describe('times', () => {
  it.each([
    '2026-11-30T23:00:00Z',
    '2026-11-30T23:00+05:45',
    '2000-01-01T00:00:00.123456Z',
    '2999-12-31T23:59:59-12:00',
    '2027-01-01T10:00:00+14:00',
  ])('%s is one', async (at) => {
    expect(await faultsOf(at)).toEqual([]);
  });

  it.each([
    '2027-01-01T10:00:00+16:00',
    '2027-01-01T10:00:00+14:30',
    '2027-01-01T10:00:00-23:59',
    '2027-01-01T10:00:00+05:60',
    '1999-12-31T23:59:59Z',
    '3000-01-01T00:00:00Z',
    '2026-02-30T10:00:00Z',
    '2026-11-30T10:00:00',
    '2026-11-30',
    1_800_000_000,
    null,
  ])('%s is none, and the right form is told', async (at) => {
    expect(await faultsOf(at)).toEqual([
      'at must be a time with its zone in RFC 3339, from 2000 to 2999, such as 2026-11-30T23:00:00Z',
    ]);
  });
});
