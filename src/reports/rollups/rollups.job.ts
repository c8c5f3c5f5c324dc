import { Injectable, Logger } from '@nestjs/common';
import { Config, Timed } from '../../platform/index.js';
import { RollupsCheck } from './rollups-check.service.js';
import { Rollups } from './rollups.service.js';

/** So much at one waking: what is left over waits for the next. */
const MOST_PIECES = 500;

/** Keeps the sums of reports up to date, and looks every night whether they are those of the facts. */
@Injectable()
export class RollupsJob {
  private readonly logger = new Logger(RollupsJob.name);

  constructor(
    private readonly rollups: Rollups,
    private readonly check: RollupsCheck,
    private readonly config: Config,
  ) {}

  /** Goes on where it stopped. */
  @Timed('*/10 * * * * *', { name: 'reports.rollups' })
  async run(): Promise<void> {
    if (!this.config.worker) return;
    try {
      for (let piece = 0; piece < MOST_PIECES && (await this.rollups.goOn()); piece += 1);
    } catch (error) {
      this.logger.warn(`Sums of reports wait: ${(error as Error).message}`);
    }
  }

  /** Compares the sums with the raw facts; what differs is repaired by `npm run rollups -- repair`. */
  @Timed('20 3 * * *', { name: 'reports.rollups-check' })
  async compare(): Promise<void> {
    if (!this.config.worker) return;
    try {
      const differences = await this.check.compare();
      if (differences.length > 0) this.logger.error({ differences }, 'Sums of reports differ from the facts');
    } catch (error) {
      this.logger.error({ err: error }, 'Sums of reports could not be compared with the facts');
    }
  }
}
