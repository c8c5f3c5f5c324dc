import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Clock, Config, Jobs, Timed, UnitOfWork } from '../../platform/index.js';
import { dueEcbFile } from './domain/due-ecb-file.js';
import type { DayRate } from './domain/rate-fields.js';
import { EcbSource } from './ecb-source.js';
import { RateBook } from './rate-book.js';

const ECB_RATES_JOB = 'billing.ecb-rates';

/**
 * Brings the ECB's reference rates, of the last day as of those that were missed. What cannot be had now is tried again
 * in an hour. A stored rate of the ECB stays: should a file say otherwise later, operators are told, and may overrule it.
 */
@Injectable()
export class EcbRatesJob implements OnModuleInit {
  private readonly logger = new Logger(EcbRatesJob.name);

  constructor(
    private readonly source: EcbSource,
    private readonly book: RateBook,
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(ECB_RATES_JOB, () => this.bring(), { exclusive: true });
  }

  /** Workers that wake together bring the rates once. */
  @Timed('20 * * * *', { name: ECB_RATES_JOB })
  async wake(): Promise<void> {
    if (!this.config.worker || this.config.ecbRatesUrl === null) return;
    await this.unitOfWork.run((tx) => this.jobs.send(tx, ECB_RATES_JOB, {}));
  }

  /** Brings what is missing. */
  async bring(): Promise<void> {
    const newest = await this.unitOfWork.run((tx) => this.book.newestDay(tx, 'ecb'));
    const file = dueEcbFile(newest, this.clock.now());
    if (file === null) return;
    try {
      const rates = await this.source.fetch(file);
      await this.keep(rates);
    } catch (error) {
      this.logger.warn({ err: error, file }, 'The reference rates could not be brought');
    }
  }

  private async keep(rates: readonly DayRate[]): Promise<void> {
    const kept = { source: 'ecb', enteredBy: null, rates } as const;
    const { added, differing } = await this.unitOfWork.run(async (tx) => ({
      added: await this.book.add(tx, kept),
      differing: await this.book.differing(tx, kept),
    }));
    this.logger.log({ added }, 'Reference rates of the ECB');
    if (differing.length > 0) this.logger.warn({ differing }, 'The ECB names other rates than it did');
  }
}
