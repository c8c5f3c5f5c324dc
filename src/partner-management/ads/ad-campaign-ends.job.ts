import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, Config, Timed, UnitOfWork, uuidV7Floor } from '../../platform/index.js';
import { AdCampaignRuns } from './ad-campaign-runs.service.js';
import { CLICK_WITHIN_SECONDS } from './serving/ad-tokens.js';

/** A statement that deletes so many is done long before the database would stop it. */
const TOKENS_AT_ONCE = 10_000;

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
  @Timed('* * * * *', { name: 'partner-management.ad-campaign-ends' })
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

  @Timed('29 * * * *', { name: 'partner-management.ad-tokens' })
  async forgetTokens(): Promise<void> {
    if (!this.config.worker) return;
    // Twice as long as a token is good for, so that clocks may differ.
    const before = uuidV7Floor(new Date(this.clock.now().getTime() - 2 * CLICK_WITHIN_SECONDS * 1_000));
    for (const table of ['ad_renders', 'ad_clicks'] as const) {
      await this.forgetOf(table, before).catch((error: unknown) =>
        this.logger.error({ err: error, table }, 'Old tokens of ads could not be deleted'),
      );
    }
  }

  /** In portions that are each kept: however many there are, every run leaves fewer. Instances do not wait for another. */
  private async forgetOf(table: 'ad_renders' | 'ad_clicks', before: string): Promise<void> {
    let deleted: number;
    do {
      [, deleted] = await this.dataSource.query<[unknown[], number]>(
        `DELETE FROM ${table} WHERE token_id IN (
           SELECT token_id FROM ${table} WHERE token_id < $1 ORDER BY token_id LIMIT $2 FOR UPDATE SKIP LOCKED)`,
        [before, TOKENS_AT_ONCE],
      );
    } while (deleted === TOKENS_AT_ONCE);
  }
}
