import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { Clock, Config, UnitOfWork, uuidV7Floor } from '../../platform/index.js';
import { AdCampaignRuns } from './ad-campaign-runs.service.js';
import { CLICK_WITHIN_SECONDS } from './serving/ad-tokens.js';

/** Ends ad campaigns whose time is over, and forgets tokens that could not be sent again. Any number of instances may. */
@Injectable()
export class AdCampaignEnds {
  private readonly logger = new Logger(AdCampaignEnds.name);

  constructor(
    private readonly runs: AdCampaignRuns,
    private readonly unitOfWork: UnitOfWork,
    private readonly dataSource: DataSource,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** One that fails does not stop the others. */
  @Cron('* * * * *', { name: 'partner-management.ad-campaign-ends' })
  async run(): Promise<void> {
    if (!this.config.worker) return;
    for (const due of await this.runs.findDue()) {
      await this.unitOfWork
        .run((tx) => this.runs.endDue(tx, due))
        .catch((error: unknown) =>
          this.logger.error({ err: error, id: due.id }, 'An ad campaign could not be ended'),
        );
    }
  }

  @Cron('29 * * * *', { name: 'partner-management.ad-tokens' })
  async forgetTokens(): Promise<void> {
    if (!this.config.worker) return;
    // Twice as long as a token is good for, so that clocks may differ.
    const before = uuidV7Floor(new Date(this.clock.now().getTime() - 2 * CLICK_WITHIN_SECONDS * 1_000));
    await this.dataSource.query('DELETE FROM ad_renders WHERE token_id < $1', [before]);
    await this.dataSource.query('DELETE FROM ad_clicks WHERE token_id < $1', [before]);
  }
}
