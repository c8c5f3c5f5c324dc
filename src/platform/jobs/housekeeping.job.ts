import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { Timed } from './timed.js';

/** Forgets what is kept for a limited time only: idempotency keys a day, marks of consumed events a month. */
@Injectable()
export class HousekeepingJob {
  constructor(
    private readonly dataSource: DataSource,
    private readonly config: Config,
  ) {}

  @Timed('17 3 * * *', { name: 'platform.housekeeping' })
  async run(): Promise<void> {
    if (!this.config.worker) return;
    await this.dataSource.query(
      `DELETE FROM idempotency_keys WHERE created_at < now() - interval '24 hours'`,
    );
    await this.dataSource.query(`DELETE FROM consumed_events WHERE consumed_at < now() - interval '30 days'`);
  }
}
