import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Config, Jobs, Timed } from '../../platform/index.js';
import { PAYOUT_DELIVERY_JOB } from './payout-batches.service.js';
import { PayoutDelivery } from './payout-delivery.service.js';

/** Asks providers about the batches that are due: when one is handed over, and again and again until all is told. */
@Injectable()
export class PayoutDeliveryJob implements OnModuleInit {
  private readonly logger = new Logger(PayoutDeliveryJob.name);

  constructor(
    private readonly delivery: PayoutDelivery,
    private readonly jobs: Jobs,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(PAYOUT_DELIVERY_JOB, (_payload, { signal }) => this.delivery.work(signal), {
      concurrency: 2,
    });
  }

  @Timed('*/15 * * * * *', { name: PAYOUT_DELIVERY_JOB })
  async wake(): Promise<void> {
    if (!this.config.worker) return;
    try {
      await this.delivery.work();
    } catch (error) {
      this.logger.error({ err: error }, 'Payout batches could not be delivered');
    }
  }
}
