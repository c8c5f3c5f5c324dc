import { afterAll, beforeAll, expect, it } from 'vitest';
import { NamesOnOneLine1763000000208 } from '../../../migrations/0208-names-on-one-line.js';
import { createTestApp, type TestApp } from '../../support/app.js';

let app: TestApp;

beforeAll(async () => {
  app = await createTestApp({ background: false });
});
afterAll(() => app.close());

const NAMES: [before: string, after: string][] = [
  ['Ann\r\nBcc: all', 'Ann Bcc: all'],
  ['\tAnn \u0007\u2028 of\u2029\u0085 Oslo\n', 'Ann of Oslo'],
  ['Ann  of\u00a0Oslo ', 'Ann  of\u00a0Oslo '],
  ['Åsa 🦉 日本', 'Åsa 🦉 日本'],
  ['\n\u2028', '–'],
];

it.each(['users', 'partners'])(
  'puts names of %s on one line, and leaves the others as they are',
  async (table) => {
    await app.db.transaction(async (tx) => {
      for (const [index, [before]] of NAMES.entries()) {
        if (table === 'users')
          await tx.query(`INSERT INTO users (id, email, name, invited_at, created_at) VALUES (gen_random_uuid(), $1, $2, now(), now())`, [`n${index}@names.example`, before]); // prettier-ignore
        else
          await tx.query(
            `INSERT INTO partners (id, name, kind, state, country, package_id, created_at)
           SELECT gen_random_uuid(), $1, 'affiliate', 'pending', 'DE', id, '2020-01-01'::timestamptz + $2 * interval '1 day' FROM packages WHERE is_default`,
            [before, index],
          );
      }
      await new NamesOnOneLine1763000000208().up(tx.queryRunner!);
      const names = await tx.query<{ name: string }[]>(
        table === 'users'
          ? `SELECT name FROM users WHERE email LIKE '%@names.example' ORDER BY email`
          : `SELECT name FROM partners WHERE created_at < '2021-01-01' ORDER BY created_at`,
      );
      expect(names.map(({ name }) => name)).toEqual(NAMES.map(([, after]) => after));
    });
  },
);
