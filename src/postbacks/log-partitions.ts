import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import {
  Clock,
  Config,
  dropDayPartitions,
  ensureDayPartitions,
  Timed,
  uuidV7Floor,
} from '../platform/index.js';
import { DAYS_KEPT } from './domain/verdicts.js';

const TABLE = 'postback_log';
const DAY_MS = 24 * 60 * 60 * 1_000;
const DAYS_AHEAD = 3;
/** What was made so long before may still be in the log; nothing is tried for longer. */
const TRIED_FOR_DAYS = 5;
const DELETED_AT_ONCE = 10_000;

/** Makes the day partitions of the postback log ahead of time and removes what is older than 90 days. */
@Injectable()
export class LogPartitions implements OnApplicationBootstrap {
  private readonly logger = new Logger(LogPartitions.name);
  /** Days since 1970 that have one. */
  private readonly present = new Set<number>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.config.worker) await this.makeAhead();
  }

  /** Makes sure that rows of these times have a partition. */
  async ensure(times: readonly Date[]): Promise<void> {
    for (const at of times) {
      const day = Math.floor(at.getTime() / DAY_MS);
      if (this.present.has(day)) continue;
      await ensureDayPartitions(this.dataSource, TABLE, at, 1);
      this.present.add(day);
    }
  }

  @Timed('23 */6 * * *', { name: 'postbacks.log-partitions' })
  async maintain(): Promise<void> {
    if (!this.config.worker) return;
    try {
      await this.makeAhead();
      await this.forgetOld();
    } catch (error) {
      this.logger.error({ err: error }, 'Upkeep of the postback log failed; it is tried again in six hours');
    }
  }

  /** Removes attempts and finished deliveries that are older than 90 days. */
  async forgetOld(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - DAYS_KEPT * DAY_MS);
    const madeBefore = uuidV7Floor(new Date(before.getTime() - TRIED_FOR_DAYS * DAY_MS));
    await dropDayPartitions(this.dataSource, TABLE, before);
    this.present.clear();
    let deleted = DELETED_AT_ONCE;
    while (deleted === DELETED_AT_ONCE) {
      [, deleted] = await this.dataSource.query<[unknown[], number]>(
        `DELETE FROM postback_deliveries WHERE id IN
           (SELECT id FROM postback_deliveries d
             WHERE id < $1 AND NOT EXISTS (SELECT FROM postback_queue WHERE delivery_id = d.id)
             ORDER BY id LIMIT ${DELETED_AT_ONCE})`,
        [madeBefore],
      );
    }
  }

  private async makeAhead(): Promise<void> {
    await ensureDayPartitions(this.dataSource, TABLE, this.clock.now(), DAYS_AHEAD);
  }
}
