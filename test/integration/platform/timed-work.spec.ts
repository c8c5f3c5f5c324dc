import { ModulesContainer } from '@nestjs/core';
import { SchedulerRegistry } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { expect, it, vi } from 'vitest';
import { databaseUrlOf, HealthController } from '../../../src/platform/index.js';
import { DuplicateVisits } from '../../../src/tracking/visits/duplicate-visits.service.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { createTestDatabase } from '../../support/database.js';

it('lets timed work end before the database closes, and begins none any more', async () => {
  const database = await createTestDatabase();
  const app = await createTestApp({ databaseUrl: database.url });
  const other = await new DataSource({ type: 'postgres', url: databaseUrlOf(app.db) }).initialize();
  const order: string[] = [];
  const blocker = other.createQueryRunner();
  await blocker.startTransaction();
  await blocker.query('LOCK TABLE visits');

  const job = app.app.get(SchedulerRegistry).getCronJob('tracking.duplicate-visits');
  const duplicates = app.app.get(DuplicateVisits);
  const flagNext = duplicates.flagNext.bind(duplicates);
  vi.spyOn(duplicates, 'flagNext').mockImplementation(async (...batch) => {
    const more = await flagNext(...batch);
    order.push(`the job has done its ${batch[0]} pass`);
    return more;
  });
  const run = job.fireOnTick();
  const waiting = (): Promise<unknown[]> =>
    other.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
          AND query LIKE 'SELECT id FROM visits WHERE%'`,
    );
  await expect.poll(waiting).toHaveLength(1);
  // It is still at work: it does not begin a second time.
  await job.fireOnTick();
  expect(await waiting()).toHaveLength(1);

  const destroy = app.db.destroy.bind(app.db);
  vi.spyOn(app.db, 'destroy').mockImplementation(() => {
    order.push('the database closes');
    return destroy();
  });
  const stopping = vi.spyOn(app.app.get(HealthController), 'beforeApplicationShutdown');
  const closed = app.close();
  await expect.poll(() => stopping.mock.calls).toHaveLength(1);
  expect(job.isActive).toBe(false);
  // Time for a stop that would not wait.
  for (let round = 0; round < 50; round += 1) await other.query('SELECT 1');
  await blocker.rollbackTransaction();
  await Promise.all([run, closed]);
  expect(order).toEqual([
    'the job has done its soon pass',
    'the job has done its late pass',
    'the database closes',
  ]);
  await blocker.release();
  await other.destroy();
  await database.drop();
});

/** The names of what `@Cron` or `@Interval` say on the methods of all providers. */
function timedByDecorators(
  { app }: TestApp,
  options: string,
  nameOf: (method: object) => string,
): Set<string> {
  const instances = [...app.get(ModulesContainer).values()].flatMap(({ providers }) =>
    [...providers.values()].map(({ instance }): unknown => instance),
  );
  const methods = instances.flatMap((instance) => {
    const prototype = Object.getPrototypeOf(instance ?? {}) as Record<string, unknown> | null;
    return Object.values(Object.getOwnPropertyDescriptors(prototype ?? {})).map(
      ({ value }): unknown => value,
    );
  });
  const timed = methods.filter(
    (method): method is () => void => typeof method === 'function' && Reflect.hasMetadata(options, method),
  );
  return new Set(timed.map(nameOf));
}

it('has begun everything that is said to be timed, also where a method has two such decorators', async () => {
  const app = await createTestApp();
  const registry = app.app.get(SchedulerRegistry);
  const crons = timedByDecorators(app, 'SCHEDULE_CRON_OPTIONS', (method) => {
    return (Reflect.getMetadata('SCHEDULE_CRON_OPTIONS', method) as { name: string }).name;
  });
  const intervals = timedByDecorators(app, 'SCHEDULE_INTERVAL_OPTIONS', (method) => {
    return Reflect.getMetadata('SCHEDULER_NAME', method) as string;
  });
  expect(crons.size).toBeGreaterThan(20);
  expect(new Set(registry.getCronJobs().keys())).toEqual(crons);
  expect(new Set(registry.getIntervals())).toEqual(intervals);
  // Else a stop would not wait for it.
  const cutOff = [...registry.getCronJobs()].filter(([, job]) => !job.waitForCompletion);
  expect(cutOff.map(([name]) => name)).toEqual([]);
  await app.close();
});
