import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, Config, Timed, UnitOfWork } from '../../platform/index.js';
import { CampaignEnds } from './campaign-ends.service.js';

/** When campaigns are over: tells of approvals, and approves what nobody has decided on for two weeks (E07). */
@Injectable()
export class CampaignEndsJob {
  private readonly logger = new Logger(CampaignEndsJob.name);

  constructor(
    private readonly ends: CampaignEnds,
    private readonly unitOfWork: UnitOfWork,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  @Timed('* * * * *', { name: 'public-campaigns.ends' })
  async wake(): Promise<void> {
    if (this.config.worker) await this.runDue();
  }

  /** Does what is due, each campaign in transactions of its own; one that fails is left to the next time. */
  async runDue(): Promise<void> {
    const ids = await this.ends.findDue(this.dataSource.manager, this.clock.now());
    for (const id of ids) {
      try {
        while (await this.unitOfWork.run((tx) => this.ends.conclude(tx, id)));
      } catch (error) {
        this.logger.error({ err: error, campaignId: id }, 'A campaign that is over could not be concluded');
      }
    }
  }
}
