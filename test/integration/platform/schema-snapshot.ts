import pg from 'pg';

/** What each kind of object in the program's own schema looks like, as PostgreSQL itself would print it. */
const PARTS: Record<string, string> = {
  columns: `
    SELECT format('%s.%s %s%s default %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                  CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
                  coalesce(pg_get_expr(d.adbin, d.adrelid), '-')) AS text
      FROM pg_attribute a
      JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'v', 'm')
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped`,
  relations: `
    SELECT format('%s %s %s %s', relkind, relname, pg_get_partkeydef(oid), pg_get_expr(relpartbound, oid)) AS text
      FROM pg_class WHERE relnamespace = 'public'::regnamespace`,
  constraints: `
    SELECT format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS text
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace`,
  indexes: `SELECT indexdef AS text FROM pg_indexes WHERE schemaname = 'public'`,
  triggers: `
    SELECT pg_get_triggerdef(t.oid) AS text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal`,
  functions: `
    SELECT pg_get_functiondef(oid) AS text FROM pg_proc WHERE pronamespace = 'public'::regnamespace`,
  types: `
    SELECT format('%s %s', typtype, typname) AS text FROM pg_type WHERE typnamespace = 'public'::regnamespace`,
};

/** Describes the schema `public` of a database, in a fixed order, so that two can be compared. */
export async function schemaSnapshot(url: string): Promise<Record<string, string[]>> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const snapshot: Record<string, string[]> = {};
    for (const [part, sql] of Object.entries(PARTS)) {
      const { rows } = await client.query<{ text: string }>(sql);
      snapshot[part] = rows.map(({ text }) => text).toSorted();
    }
    return snapshot;
  } finally {
    await client.end();
  }
}
