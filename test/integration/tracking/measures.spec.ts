import { afterAll, beforeAll, expect, it } from 'vitest';
import { COUNT_COLUMNS, MONEY_COLUMNS } from '../../../src/commissions/index.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { DataSource } from 'typeorm';

let database: TestDatabase;
let db: DataSource;
beforeAll(async () => {
  database = await createTestDatabase();
  db = await new DataSource({ type: 'postgres', url: database.url }).initialize();
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

it('a player’s activity has a column for every measure of the catalogue, and no other figures', async () => {
  const columns = await db.query<{ name: string; type: string; nullable: string; preset: string }[]>(
    `SELECT column_name AS name, data_type AS type, is_nullable AS nullable, column_default AS preset
       FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name = 'player_activity' AND data_type IN ('bigint', 'numeric', 'double precision')`,
  );
  const figure = (name: string) => ({
    name,
    type: 'bigint',
    nullable: 'NO',
    preset: '0',
  });
  const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
  expect(columns.sort(byName)).toEqual([...MONEY_COLUMNS, ...COUNT_COLUMNS].map(figure).sort(byName));
  expect(COUNT_COLUMNS.every((name) => name.endsWith('_count'))).toBe(true);
  expect(MONEY_COLUMNS.every((name) => name.endsWith('_sum'))).toBe(true);
});
