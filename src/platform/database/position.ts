/** How far a primary has written its log (WAL): what was committed before lies before it. */
export interface Position {
  /** Which database of which cluster. */
  readonly database: string;
  /** A `pg_lsn`. */
  readonly lsn: string;
}

const DATABASE = `system_identifier || '/' || current_database()`;

/** The position of a primary; no row from a standby, which is one before it is promoted. */
export const POSITION = `SELECT ${DATABASE} AS database, pg_current_wal_flush_lsn()::text AS lsn
  FROM pg_control_system() WHERE NOT pg_is_in_recovery()`;

/** What a standby says that has not come to a position. */
export const BEHIND = 'it is behind';

/**
 * Why a server does not show, as a standby of the database $1, what was committed before the position $2; null when it
 * does. The next statement sees it; this one's own view of the data is older than its answer.
 */
export const STANDBY_FAULT = `SELECT CASE
    WHEN NOT pg_is_in_recovery() THEN 'it is no standby'
    WHEN ${DATABASE} <> $1 THEN 'it is not of the same database'
    WHEN (pg_last_wal_replay_lsn() >= $2::pg_lsn) IS NOT TRUE THEN '${BEHIND}' END AS fault
  FROM pg_control_system()`;
