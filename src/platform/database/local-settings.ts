import type { EntityManager } from 'typeorm';

/** Settings of the database by name, such as `statement_timeout` (PostgreSQL manual, "Server Configuration"). */
export type LocalSettings = Readonly<Record<string, string | number>>;

/** Has settings hold until the transaction ends. */
export async function setLocally(tx: Pick<EntityManager, 'query'>, settings: LocalSettings): Promise<void> {
  await tx.query('SELECT set_config(name, value, true) FROM json_each_text($1) AS setting (name, value)', [
    JSON.stringify(settings),
  ]);
}
