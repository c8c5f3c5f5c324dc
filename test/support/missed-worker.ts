import type { DataSource } from 'typeorm';

/**
 * Has the jobs of a killed worker tried again at once: what happens by itself, as the kill of a bill run shows, when it
 * has not reported for half a minute.
 */
export async function missWorkerOf(db: DataSource, job: string): Promise<void> {
  await db.query(
    `UPDATE pgboss.job SET state = 'retry', start_after = now() WHERE name = $1 AND state = 'active'`,
    [job],
  );
}
