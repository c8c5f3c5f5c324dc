import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config, Timed } from '../../platform/index.js';

/** Rows that are gone are cleared away from this many on, where they are a fifth of those that wait. */
const MANY = 20_000;

/**
 * Clears away what is left of deliveries that have left the queue: every look for the next ones passes by it. The
 * server does so by itself, but once a minute at most, and in a minute a million may go.
 */
@Injectable()
export class QueueUpkeep {
  private readonly logger = new Logger(QueueUpkeep.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly config: Config,
  ) {}

  @Timed('*/5 * * * * *', { name: 'postbacks.queue-upkeep' })
  async clearAway(): Promise<void> {
    if (!this.config.worker) return;
    try {
      // The file stays as long as it is: to cut it, the server would lock the workers out.
      if (await this.isMuchGone())
        await this.dataSource.query('VACUUM (SKIP_LOCKED, TRUNCATE off) postback_queue');
    } catch (error) {
      this.logger.error(
        { err: error },
        'The queue of postbacks was not cleared; the server does it in a while',
      );
    }
  }

  private async isMuchGone(): Promise<boolean> {
    const [row] = await this.dataSource.query<[{ much: boolean }]>(
      `SELECT pg_stat_get_dead_tuples(queue) > greatest($1, pg_stat_get_live_tuples(queue) / 5) AS much
         FROM CAST('postback_queue' AS regclass) AS queue`,
      [MANY],
    );
    return row.much;
  }
}
