import { Injectable, Logger } from '@nestjs/common';
import { Config, Timed } from '../../platform/index.js';
import { Eraser } from './eraser.js';

/** Carries out every hour what is due, and goes on with what a crash has left in the middle. */
@Injectable()
export class ErasureJob {
  private readonly logger = new Logger(ErasureJob.name);

  constructor(
    private readonly eraser: Eraser,
    private readonly config: Config,
  ) {}

  /** One that fails does not stop the others; workers that wake together take turns. */
  @Timed('41 * * * *', { name: 'partner-management.erasures' })
  async run(): Promise<void> {
    if (!this.config.worker) return;
    try {
      for (const id of await this.eraser.findDue()) await this.tryOne(id);
    } catch (error) {
      this.logger.error({ err: error }, 'Due erasures could not be found');
    }
  }

  private async tryOne(erasureId: string): Promise<void> {
    try {
      await this.eraser.carryOut(erasureId);
    } catch (error) {
      this.logger.error(
        { err: error, erasureId },
        'A partner could not be erased; the next hour goes on with it',
      );
    }
  }
}
