import { Injectable, Logger } from '@nestjs/common';
import { Config, Timed } from '../platform/index.js';
import { ReconciliationRuns } from './reconciliation-runs.service.js';

/** Reconciles every hour, in one of the workers (rule 1.6). */
@Injectable()
export class ReconciliationJob {
  private readonly logger = new Logger(ReconciliationJob.name);

  constructor(
    private readonly runs: ReconciliationRuns,
    private readonly config: Config,
  ) {}

  /** Workers that wake together reconcile once. */
  @Timed('35 * * * *', { name: 'wallet.reconciliation' })
  async reconcile(): Promise<void> {
    if (!this.config.worker) return;
    try {
      await this.runs.runAlone();
    } catch (error) {
      this.logger.error({ err: error }, 'The ledger could not be reconciled');
    }
  }
}
