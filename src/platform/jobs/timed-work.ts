import { type BeforeApplicationShutdown, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { setTimeout as delay } from 'node:timers/promises';

/** Of the 25 s that a stop may take. */
const WAIT_MS = 15_000;

/**
 * Ends what `@Timed` has begun before the database closes: from the stop on nothing begins any more, and what runs may
 * end.
 */
@Injectable()
export class TimedWork implements OnModuleDestroy, BeforeApplicationShutdown {
  private ending: Promise<void>[] = [];

  constructor(private readonly registry: SchedulerRegistry) {}

  onModuleDestroy(): void {
    this.ending = [...this.registry.getCronJobs().values()].map(async (job) => job.stop());
  }

  async beforeApplicationShutdown(): Promise<void> {
    const enough = new AbortController();
    await Promise.race([
      Promise.all(this.ending),
      delay(WAIT_MS, undefined, { signal: enough.signal }).catch(() => undefined),
    ]);
    enough.abort();
  }
}
