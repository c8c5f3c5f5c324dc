import { Injectable, Logger } from '@nestjs/common';
import { Config, Timed, UnitOfWork } from '../platform/index.js';
import { BillHolds } from './bill-holds.service.js';

/** Takes bills off hold when their holding time is over. */
@Injectable()
export class BillHoldsJob {
  private readonly logger = new Logger(BillHoldsJob.name);

  constructor(
    private readonly holds: BillHolds,
    private readonly unitOfWork: UnitOfWork,
    private readonly config: Config,
  ) {}

  @Timed('*/10 * * * *', { name: 'billing.holds' })
  async wake(): Promise<void> {
    if (!this.config.worker) return;
    try {
      await this.liftDue();
    } catch (error) {
      this.logger.error({ err: error }, 'Bills could not be taken off hold');
    }
  }

  /** Releases everything that is due. */
  async liftDue(): Promise<void> {
    for (let done = false; !done;) done = await this.unitOfWork.run((tx) => this.holds.liftDue(tx));
  }
}
