import { afterAll, beforeAll, expect, it } from 'vitest';
import { isTimeZone, zoneOffsetMs } from '../../../src/platform/time/time-zones.js';
import { createTestApp, type TestApp } from '../../support/app.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ background: false });
});
afterAll(() => app.close());

/** Node takes names that are not IANA's: short ones of three letters, and these. */
const OTHERS = [
  ...['US/Pacific-New', 'Canada/East-Saskatchewan', 'SystemV/AST4ADT', 'SystemV/EST5', 'SystemV/PST8PDT'],
  ...['PST8PDT', 'EST5EDT', 'GMT0', 'GMT+0', 'Etc/GMT+5', 'Zulu', 'Universal', 'US/Eastern', 'Cuba'],
];

it('a zone that is taken is one that the database knows by that name, with the same clocks', async () => {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const short = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)));
  const taken = [...Intl.supportedValuesOf('timeZone'), ...OTHERS, ...short].filter(isTimeZone);
  expect(taken).toEqual(expect.arrayContaining(['Europe/Berlin', 'UTC', 'PRC', 'US/Eastern', 'Cuba']));
  const summer = new Date('2026-07-01T12:00:00Z');
  const shown = await app.db.query<{ name: string; ahead: string }[]>(
    `SELECT name, extract(epoch FROM $2::timestamptz AT TIME ZONE name - $2::timestamptz AT TIME ZONE 'UTC') * 1000 AS ahead
       FROM unnest($1::text[]) AS name WHERE lower(name) IN (SELECT lower(known.name) FROM pg_timezone_names known)`,
    [taken, summer],
  );
  expect(shown.map(({ name, ahead }) => [name, Number(ahead)])).toEqual(
    taken.map((name) => [name, zoneOffsetMs(name, summer.getTime())]),
  );
});
