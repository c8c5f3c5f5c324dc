import { Injectable } from '@nestjs/common';
import { Config, Timed, UnitOfWork } from '../platform/index.js';
import { Impersonations } from './impersonations.service.js';

/**
 * Notes, and tells the partner, that impersonations are over which nobody exited. They open nothing any more from the
 * very moment on; this only writes it down.
 */
@Injectable()
export class ImpersonationEndJob {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly impersonations: Impersonations,
    private readonly config: Config,
  ) {}

  /** May run on several instances at once: each end is noted by one of them. */
  @Timed('* * * * *', { name: 'identity.end-impersonations' })
  async run(): Promise<void> {
    if (this.config.worker) await this.unitOfWork.run((tx) => this.impersonations.endOverdue(tx));
  }
}
