import { Injectable, Logger } from '@nestjs/common';
import { Clock, Config, Timed } from '../../platform/index.js';
import { DuplicateVisits, type Pass } from './duplicate-visits.service.js';

/**
 * How old an id is when its visit is looked at.
 *
 * `soon` is longer than a visit may take from its id to its commit: 4 s until it is sent or given up, then behind one
 * other batch on its connection, each of which the server ends after 10 s. That makes 24 s.
 *
 * What these bounds do not bound: a commit that hangs on a disk, a database or a program that was stopped and goes on,
 * clocks that are set back or differ between instances. For these `late` looks again. A visit that takes longer still
 * stays without a flag of its own; it is counted as unique.
 */
const AGE_MS: Readonly<Record<Pass, number>> = { soon: 60_000, late: 3 * 60 * 60 * 1_000 };

const BATCH = 5_000;
/** So many at one waking: what is left over waits for the next minute. */
const MAX_BATCHES = 100;

/** Flags duplicates among the visits, after the click. May run on several instances at once: they take turns. */
@Injectable()
export class DuplicateVisitsJob {
  private readonly logger = new Logger(DuplicateVisitsJob.name);

  constructor(
    private readonly duplicates: DuplicateVisits,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Goes on with both passes where they stopped. */
  @Timed('* * * * *', { name: 'tracking.duplicate-visits' })
  async run(): Promise<void> {
    if (!this.config.worker) return;
    try {
      for (const pass of ['soon', 'late'] as const) await this.goOn(pass);
    } catch (error) {
      this.logger.warn(`Duplicate visits wait for the next minute: ${(error as Error).message}`);
    }
  }

  /** Forgets the visitors of days that are over. */
  @Timed('47 * * * *', { name: 'tracking.visit-keys' })
  async forget(): Promise<void> {
    if (!this.config.worker) return;
    try {
      await this.duplicates.forget();
    } catch (error) {
      this.logger.warn(`Visitors of past days are forgotten in an hour: ${(error as Error).message}`);
    }
  }

  private async goOn(pass: Pass): Promise<void> {
    const before = new Date(this.clock.now().getTime() - AGE_MS[pass]);
    for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
      if (!(await this.duplicates.flagNext(pass, before, BATCH))) return;
    }
  }
}
