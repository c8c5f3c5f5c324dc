import pg from 'pg';

/** Any constant: instances that start together grant one after the other. */
const GRANT_LOCK = 7_238_114_551;

const ROLE_EXISTS = 'SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS "exists"';
const IS_MEMBER = `SELECT pg_has_role(current_user, $1, 'USAGE') AS member`;

/** Whether triggers refuse that; what one refuses of some columns only is left to it. */
const refused = (what: string) =>
  `EXISTS (SELECT FROM pg_trigger t
            WHERE t.tgrelid = c.oid AND t.tgfoid = 'refuse_change'::regproc AND ${what})`;
const UPDATES_REFUSED = refused(`t.tgtype & 16 <> 0 AND t.tgattr = ''`);
const DELETES_REFUSED = refused('t.tgtype & 8 <> 0');

/** What is granted of tables; clearing them away is a right of its own since PostgreSQL 17, and the owner's before. */
const PRIVILEGES = `
  '{SELECT,INSERT,UPDATE,DELETE,TRUNCATE}'::text[]
    || CASE WHEN current_setting('server_version_num')::int >= 170000 THEN '{MAINTAIN}'::text[] END`;

/**
 * What is still to be granted, or taken, as statements. Tables are read and written, but for what their triggers refuse;
 * `restricted_tables` says where the role may do less, or more. Partitioned tables are the role's own: it makes and
 * drops their partitions. The job queue's schema is all its own to use.
 */
const CHANGES = `
  WITH wanted AS (
    SELECT c.oid, c.relname, coalesce(r.privileges, '{SELECT,INSERT}'::text[]
             || CASE WHEN NOT ${UPDATES_REFUSED} THEN '{UPDATE}'::text[] END
             || CASE WHEN NOT ${DELETES_REFUSED} THEN '{DELETE}'::text[] END) AS privileges
      FROM pg_class c LEFT JOIN restricted_tables r ON r.name = c.relname
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v')
       AND NOT c.relispartition
  )
  SELECT format(CASE WHEN p.name = ANY (w.privileges) THEN 'GRANT %s ON %I TO %I' ELSE 'REVOKE %s ON %I FROM %I' END,
                p.name, w.relname, $1::text) AS statement
    FROM wanted w CROSS JOIN unnest(${PRIVILEGES}) AS p (name)
   WHERE has_table_privilege($1, w.oid, p.name) <> (p.name = ANY (w.privileges))
  UNION ALL
  SELECT format('ALTER TABLE %I OWNER TO %I', c.relname, $1::text)
    FROM pg_class c
   WHERE c.relnamespace = 'public'::regnamespace AND (c.relkind = 'p' OR c.relkind = 'r' AND c.relispartition)
     AND pg_get_userbyid(c.relowner) <> $1
  UNION ALL
  SELECT format('GRANT USAGE ON SEQUENCE %I TO %I', c.relname, $1::text)
    FROM pg_class c
   WHERE c.relnamespace = 'public'::regnamespace
     AND CASE c.relkind WHEN 'S' THEN NOT has_sequence_privilege($1, c.oid, 'USAGE') ELSE false END
  UNION ALL
  SELECT format('GRANT EXECUTE ON FUNCTION %s TO %I', f.oid::regprocedure, $1::text)
    FROM pg_proc f
   WHERE f.pronamespace = 'public'::regnamespace AND NOT has_function_privilege($1, f.oid, 'EXECUTE')
  UNION ALL
  SELECT format('GRANT ALL ON %I.%I TO %I', c.relnamespace::regnamespace, c.relname, $1::text)
    FROM pg_class c
   WHERE c.relnamespace = 'pgboss'::regnamespace AND c.relkind IN ('r', 'p', 'v')
     AND NOT has_table_privilege($1, c.oid, 'DELETE')
`;

/**
 * Lets the role of `url` do what the running program does, and no more: above all it may read the ledger and post to
 * it, but not write its tables. The role is made when it is missing. Does nothing when it is the owner's own role.
 * @param ownerUrl of the role that made the tables
 * @throws Error of the server, for example where the owner may neither make roles nor is a member of the given one
 */
export async function grantRuntimeRole(ownerUrl: string, url: string): Promise<void> {
  const role = decodeURIComponent(new URL(url).username);
  if (role === decodeURIComponent(new URL(ownerUrl).username)) return;
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    await owner.query('BEGIN');
    await owner.query('SELECT pg_advisory_xact_lock($1)', [GRANT_LOCK]);
    await ensureRole(owner, role, decodeURIComponent(new URL(url).password));
    const schemas = `GRANT USAGE, CREATE ON SCHEMA public TO ${pg.escapeIdentifier(role)};
      GRANT USAGE ON SCHEMA pgboss TO ${pg.escapeIdentifier(role)}`;
    await owner.query(schemas);
    const { rows } = await owner.query<{ statement: string }>(CHANGES, [role]);
    for (const { statement } of rows) await owner.query(statement);
    await owner.query('COMMIT');
  } finally {
    await owner.end();
  }
}

/** The role exists, and the owner is a member: it gives tables away to it. */
async function ensureRole(owner: pg.Client, role: string, password: string): Promise<void> {
  const name = pg.escapeIdentifier(role);
  const [{ exists } = { exists: false }] = (await owner.query<{ exists: boolean }>(ROLE_EXISTS, [role])).rows;
  if (!exists) await owner.query(`CREATE ROLE ${name} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
  const [{ member } = { member: false }] = (await owner.query<{ member: boolean }>(IS_MEMBER, [role])).rows;
  if (!member) await owner.query(`GRANT ${name} TO CURRENT_USER`);
}
