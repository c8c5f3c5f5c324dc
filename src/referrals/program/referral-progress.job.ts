import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, Config, DomainError, Timed, UnitOfWork } from '../../platform/index.js';
import { unsettledReferrals } from './referral-book.js';
import { ReferralProgress } from './referral-progress.service.js';

/** Referrals that are looked at together. */
const BATCH = 200;

/**
 * Takes referrals on: fulfilled ones are held, held ones paid, and bonuses taken back whose work was. Each is one
 * transaction under the lock of its row, so that instances share the work and a killed one leaves nothing half done.
 */
@Injectable()
export class ReferralProgressJob {
  private readonly logger = new Logger(ReferralProgressJob.name);

  constructor(
    private readonly progress: ReferralProgress,
    private readonly unitOfWork: UnitOfWork,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  @Timed('*/15 * * * *', { name: 'referrals.progress' })
  async wake(): Promise<void> {
    if (!this.config.worker) return;
    try {
      await this.run();
    } catch (error) {
      this.logger.error({ err: error }, 'Referrals could not be looked at');
    }
  }

  /** Looks at every referral that is not settled. */
  async run(): Promise<void> {
    let after: string | null = null;
    for (;;) {
      const some = await unsettledReferrals(this.dataSource, this.clock.now(), after, BATCH);
      const due = await this.progress.due(this.dataSource.manager, some);
      for (const id of due) await this.advance(id);
      after = some.at(-1)?.id ?? null;
      if (some.length < BATCH) return;
    }
  }

  private async advance(id: string): Promise<void> {
    try {
      await this.unitOfWork.run((tx) => this.progress.advance(tx, id));
    } catch (error) {
      if (error instanceof DomainError && error.code === 'INSUFFICIENT_FUNDS') {
        await this.unitOfWork.run((tx) => this.progress.postpone(tx, id));
      } else {
        this.logger.error({ err: error, referralId: id }, 'A referral could not be taken on');
      }
    }
  }
}
