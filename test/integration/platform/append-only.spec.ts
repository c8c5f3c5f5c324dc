import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';

/** Tables that only grow, and a column of each. */
const TABLES = [
  ['activity_corrections', 'subject'],
  ['audit_log', 'id'],
  ['bill_corrections', 'id'],
  ['bill_explanations', 'bill_id'],
  ['bill_lines', 'id'],
  ['commission_plan_versions', 'id'],
  ['event_log', 'id'],
  ['impression_movements', 'id'],
  ['ledger_entries', 'journal_id'],
  ['ledger_journals', 'id'],
  ['link_codes', 'code'],
  ['publication_history', 'id'],
] as const;
/** What a brand reported may be cleared as a whole; money and logs may not. */
const CLEARED_AS_A_WHOLE = ['activity_corrections'];

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ background: false });
});
afterAll(() => app.close());

describe('tables that only grow', () => {
  it('are the ones that the database guards, all by the same function', async () => {
    const guarded = await app.db.query<{ table: string }[]>(
      `SELECT tgrelid::regclass::text AS table FROM pg_trigger
        WHERE tgfoid = 'refuse_change'::regproc AND tgname LIKE '%\\_append\\_only' ORDER BY 1`,
    );
    expect(guarded.map(({ table }) => table)).toEqual(expect.arrayContaining(TABLES.map(([table]) => table)));
    const others = await app.db.query(
      `SELECT proname FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND prosrc ~ 'append-only' AND proname <> 'refuse_change'`,
    );
    expect(others).toEqual([]);
  });

  it.each(TABLES)('%s refuses changes even to its owner', async (table, column) => {
    for (const change of [`UPDATE ${table} SET ${column} = ${column}`, `DELETE FROM ${table}`]) {
      await expect(app.asOwner(change)).rejects.toMatchObject({ code: '23001' });
    }
    if (CLEARED_AS_A_WHOLE.includes(table)) return;
    await expect(app.asOwner(`TRUNCATE ${table} CASCADE`)).rejects.toMatchObject({ code: '23001' });
  });
});
