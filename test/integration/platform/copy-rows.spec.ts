import fc from 'fast-check';
import { DataSource, QueryFailedError } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { copyRow, copyRows, sqlState } from '../../../src/platform/index.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

const COPY = 'COPY copied (number, text) FROM STDIN';

describe('rows that are copied', () => {
  let database: TestDatabase;
  let db: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    db = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    await db.query('CREATE TABLE copied (number int PRIMARY KEY, text text)');
  });
  beforeEach(() => db.query('TRUNCATE copied'));
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  const texts = (): Promise<{ text: string | null }[]> => db.query('SELECT text FROM copied ORDER BY number');

  it('come back as they were, whatever is in them', async () => {
    // PostgreSQL's text holds any character but NUL.
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\\N', '\\.', '\t', '\\', '\r\n', ''),
    );
    const storable = text.filter((value) => !value.includes('\0') && value.isWellFormed());
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(storable), { maxLength: 20 }), async (values) => {
        await db.query('TRUNCATE copied');
        const rows = values.map((value, index) => copyRow([index, value]));
        await db.transaction((tx) => copyRows(tx, COPY, rows));
        expect((await texts()).map((row) => row.text)).toEqual(values);
      }),
      { numRuns: 50 },
    );
  });

  it('are there with their transaction, or not at all', async () => {
    const failing = db.transaction(async (tx) => {
      await copyRows(tx, COPY, [copyRow([1, 'one'])]);
      throw new Error('undone');
    });
    await expect(failing).rejects.toThrow('undone');
    expect(await texts()).toEqual([]);
  });

  it.each([
    ['the command', 'COPY nowhere (number) FROM STDIN', '42P01'],
    ['a row', COPY, '23505'],
  ])(
    'fail like any statement when the server refuses %s; the connection stays usable',
    async (_, command, state) => {
      const rows = [copyRow([1, 'one']), copyRow([1, 'again'])];
      const failure: unknown = await db
        .transaction((tx) => copyRows(tx, command, rows))
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(QueryFailedError);
      expect(sqlState(failure)).toBe(state);
      await db.transaction((tx) => copyRows(tx, COPY, [copyRow([2, 'two'])]));
      expect(await texts()).toEqual([{ text: 'two' }]);
    },
  );
});
