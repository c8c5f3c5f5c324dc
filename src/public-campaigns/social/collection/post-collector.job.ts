import { Injectable, Logger } from '@nestjs/common';
import { Config, Timed } from '../../../platform/index.js';
import { PostCollector } from './post-collector.service.js';

/** Collects posts every minute: which accounts are due says when each was looked at last. */
@Injectable()
export class PostCollectorJob {
  private readonly logger = new Logger(PostCollectorJob.name);

  constructor(
    private readonly collector: PostCollector,
    private readonly config: Config,
  ) {}

  @Timed('40 * * * * *', { name: 'social.collect' })
  async wake(): Promise<void> {
    if (!this.config.worker) return;
    try {
      await this.collector.work();
    } catch (error) {
      this.logger.error({ err: error }, 'Posts could not be collected');
    }
  }
}
