import { expect, vi } from 'vitest';
import type { TestApp } from './app.js';

/** Waits until every event in the outbox has reached its consumers. */
export async function outboxDelivered({ db }: Pick<TestApp, 'db'>): Promise<void> {
  const waiting = () =>
    db.query<unknown[]>(
      `SELECT name, state FROM pgboss.job WHERE name LIKE 'event.%' AND state IN ('created', 'retry', 'active')`,
    );
  await vi.waitFor(async () => expect(await waiting()).toEqual([]), { timeout: 10_000, interval: 20 });
}
