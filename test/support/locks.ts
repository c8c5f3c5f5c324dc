import { expect, vi } from 'vitest';
import type { TestApp } from './app.js';

/** Resolves once so many wait for rows that somebody else has locked, such as a transaction of the test. */
export async function waitingForLock({ db }: Pick<TestApp, 'db'>, count = 1): Promise<void> {
  await vi.waitFor(async () => {
    const waiting = await db.query<unknown[]>(
      `SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event IN ('transactionid', 'tuple')`,
    );
    expect(waiting).toHaveLength(count);
  }, 10_000);
}
