import { afterAll, beforeAll, expect, it } from 'vitest';
import { isTimeZone } from '../../../src/platform/time/time-zones.js';
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

it('a zone that is taken is one that the database knows by that name', async () => {
  const rows = await app.db.query<{ name: string }[]>('SELECT lower(name) AS name FROM pg_timezone_names');
  const known = new Set(rows.map(({ name }) => name));
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const short = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)));
  const taken = [...Intl.supportedValuesOf('timeZone'), ...OTHERS, ...short].filter(isTimeZone);
  expect(taken).toEqual(expect.arrayContaining(['Europe/Berlin', 'UTC', 'PRC', 'US/Eastern', 'Cuba']));
  expect(taken.filter((name) => !known.has(name.toLowerCase()))).toEqual([]);
});
