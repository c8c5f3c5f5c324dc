import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PersonalData } from '../../../src/identity/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';

/**
 * Tables with a column that names a partner, a wallet's owner or a user, or that refer to such a table, however far
 * away. Partitions belong to their table.
 */
const TABLES_OF_PEOPLE = `
  WITH RECURSIVE tables AS (
    SELECT oid, relname::text AS name FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
  ), of_people AS (
    SELECT t.oid, t.name FROM tables t
     WHERE t.name IN ('partners', 'users')
        OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND NOT a.attisdropped
                      AND a.attname ~ '(^|_)(partner|owner|user)_id$')
    UNION
    SELECT t.oid, t.name FROM of_people p
      JOIN pg_constraint c ON c.confrelid = p.oid AND c.contype = 'f'
      JOIN tables t ON t.oid = c.conrelid
  )
  SELECT DISTINCT name FROM of_people ORDER BY name`;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ background: false });
});
afterAll(() => app.close());

const rooms = () => app.app.get(PersonalData).rooms();
const held = () => rooms().flatMap(({ tables }) => tables);

describe('B12 the inventory of personal data', () => {
  it('names every table with data of partners or their people', async () => {
    const tables = await app.db.query<{ name: string }[]>(TABLES_OF_PEOPLE);
    expect(tables.length).toBeGreaterThan(30);
    const known = new Set(held().map(({ table }) => table));
    // A new table is told of in the personal-data file of its room: copied or not, erased or kept, and why.
    expect(tables.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
  });

  it('names each once, and only what there is', async () => {
    const names = held().map(({ table }) => table);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    const there = await app.db.query<{ name: string }[]>(
      `SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')`,
    );
    const existing = new Set(there.map(({ name }) => name));
    expect(names.filter((name) => !existing.has(name))).toEqual([]);
  });

  it('tells of a file that there is, or why a table is in none', () => {
    const files = new Set(rooms().flatMap((room) => Object.keys(room.files)));
    const told = new Set(held().flatMap(({ file }) => (file === null ? [] : [file])));
    expect([...told].sort()).toEqual([...files].sort());
    const silent = held().filter((table) => table.file === null && table.because.length < 10);
    expect(silent).toEqual([]);
  });

  it('tells why what is kept is kept, and has somebody who erases what is not', () => {
    const silent = held().filter((table) => table.onErasure === 'kept' && table.keptBecause.length < 10);
    expect(silent).toEqual([]);
    const idle = rooms().filter(
      ({ tables, erase }) => !erase && tables.some(({ onErasure }) => onErasure !== 'kept'),
    );
    expect(idle.map(({ room }) => room)).toEqual([]);
  });

  it('reads each file from the tables that are said to be in it', async () => {
    // An empty partner: every query runs, and gives nothing.
    await app.db.transaction(async (tx) => {
      for (const { files } of rooms()) {
        for (const rows of Object.values(files)) {
          for await (const row of rows(tx, '01920000-0000-7000-8000-00000000dead')) expect(row).toBeNull();
        }
      }
    });
  });
});
