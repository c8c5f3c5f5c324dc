import type { ClientBase } from 'pg';
import type { EntityManager } from 'typeorm';

/** Settings of the database by name, such as `statement_timeout` (PostgreSQL manual, "Server Configuration"). */
export type Settings = Readonly<Record<string, string | number>>;

const SET = 'SELECT set_config(name, value, $2) FROM json_each_text($1) AS setting (name, value)';

/** Has settings hold until the transaction ends. */
export async function setLocally(tx: Pick<EntityManager, 'query'>, settings: Settings): Promise<void> {
  await tx.query(SET, [JSON.stringify(settings), true]);
}

/**
 * Has settings hold as long as the connection lasts. They are not given with the request for it: a pooler between the
 * program and its database, such as PgBouncer, refuses those that bring some.
 */
export async function setForSession(client: Pick<ClientBase, 'query'>, settings: Settings): Promise<void> {
  await client.query(SET, [JSON.stringify(settings), false]);
}
