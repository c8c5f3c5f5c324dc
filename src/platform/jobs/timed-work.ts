import {
  type BeforeApplicationShutdown,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { setTimeout as delay } from 'node:timers/promises';

/** Of the 25 s that a stop may take. */
const WAIT_MS = 15_000;

/**
 * Ends what `@Cron` has begun before the database closes: from the stop on nothing begins any more, and what runs may
 * end. No timed work begins either while it still runs from the time before.
 */
@Injectable()
export class TimedWork implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private ending: Promise<void>[] = [];

  constructor(private readonly registry: SchedulerRegistry) {}

  onApplicationBootstrap(): void {
    for (const job of this.registry.getCronJobs().values()) job.waitForCompletion = true;
  }

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
